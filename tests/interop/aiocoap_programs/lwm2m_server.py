"""A server that registers one device and asks it what it is told: aiocoap at both ends of a socket.

Its argument is the port.
"""

import asyncio
import base64
import sys

import aiocoap
import aiocoap.resource
from aiocoap import Message
from aiocoap.numbers.codes import Code
from aiocoap.numbers.contentformat import ContentFormat

from lines import say, serve

CODES = {
    "get": Code.GET,
    "put": Code.PUT,
    "post": Code.POST,
    "delete": Code.DELETE,
    "fetch": Code.FETCH,
    "ipatch": Code.iPATCH,
}


def query(request):
    return dict(part.partition("=")[::2] for part in request.opt.uri_query)


class Registration(aiocoap.resource.Resource):
    async def render_post(self, request):
        say({"event": "updated", "query": query(request), "links": request.payload.decode()})
        return Message(code=Code.CHANGED)

    async def render_delete(self, request):
        say({"event": "deregistered"})
        return Message(code=Code.DELETED)


class Directory(aiocoap.resource.Resource):
    def __init__(self, site):
        super().__init__()
        self.site = site
        self.device = None

    async def render_post(self, request):
        parameters = query(request)
        if parameters.get("lwm2m") == "1.2":
            # As servers of 1.1 do.
            return Message(code=Code.PRECONDITION_FAILED)
        self.device = request.remote
        self.site.add_resource(["rd", "one"], Registration())
        say({"event": "registered", "query": parameters, "links": request.payload.decode()})
        answer = Message(code=Code.CREATED)
        answer.opt.location_path = ("rd", "one")
        return answer


class Sent(aiocoap.resource.Resource):
    async def render_post(self, request):
        format = int(request.opt.content_format)
        say({"event": "send", "format": format, "payload": base64.b64encode(request.payload).decode()})
        return Message(code=Code.CHANGED)


async def main():
    site = aiocoap.resource.Site()
    directory = Directory(site)
    site.add_resource(["rd"], directory)
    site.add_resource(["dp"], Sent())
    port = int(sys.argv[1])
    context = await aiocoap.Context.create_server_context(site, bind=("127.0.0.1", port))
    say({"event": "listening"})
    observations = {}

    def described(response):
        format = response.opt.content_format
        return {
            "code": response.code.dotted,
            "format": None if format is None else int(format),
            "payload": base64.b64encode(response.payload).decode(),
            "location": list(response.opt.location_path),
        }

    async def answer(command):
        path = command["path"]
        message = Message(
            code=CODES["get" if command["op"] == "observe" else command["op"]],
            payload=base64.b64decode(command.get("payload", "")),
        )
        message.remote = directory.device
        message.opt.uri_path = tuple(part for part in path.split("/") if part)
        message.opt.uri_query = tuple(command.get("query", []))
        if "format" in command:
            message.opt.content_format = ContentFormat(command["format"])
        if "accept" in command:
            message.opt.accept = ContentFormat(command["accept"])
        if command["op"] == "observe":
            message.opt.observe = 0
        request = context.request(message)
        response = await asyncio.wait_for(request.response, 30)
        if command["op"] == "observe":

            async def notifications():
                async for notification in request.observation:
                    say({"event": "notification", "path": path, **described(notification)})

            # A task lives as long as somebody refers to it.
            observations[path] = asyncio.create_task(notifications())
        return described(response)

    await serve(answer)
    await context.shutdown()


asyncio.run(main())
