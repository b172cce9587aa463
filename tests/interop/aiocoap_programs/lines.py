"""Lines of JSON on standard input and output."""

import asyncio
import json
import sys


def say(line):
    print(json.dumps(line), flush=True)


async def serve(answer):
    """Answers commands until standard input ends; what goes wrong is an answer with "error"."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        command = json.loads(line)
        try:
            said = await answer(command)
        except Exception as error:
            said = {"error": repr(error)}
        say({"id": command["id"], **said})
