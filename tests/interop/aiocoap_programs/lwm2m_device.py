"""A device of LwM2M 1.1 made of aiocoap's resources. Its arguments are its endpoint name, the server's URI and
its own port."""

import asyncio
import json
import sys

import aiocoap
import aiocoap.error
import aiocoap.resource
from aiocoap import Message
from aiocoap.numbers.codes import Code
from aiocoap.numbers.contentformat import ContentFormat

from lines import say, serve

TEXT, LINK, SENML_JSON = ContentFormat(0), ContentFormat(40), ContentFormat(110)


def text(value):
    return Message(payload=str(value).encode(), content_format=TEXT)


class Value(aiocoap.resource.ObservableResource):
    """A resource with one value."""

    def __init__(self, path, value, writable=False):
        super().__init__()
        self.path = path
        self.value = value
        self.writable = writable

    def set(self, value):
        self.value = value
        self.updated_state()

    async def render_get(self, request):
        if request.opt.accept not in (None, TEXT):
            raise aiocoap.error.NotAcceptable()
        return text(self.value)

    async def render_put(self, request):
        if not self.writable:
            return Message(code=Code.METHOD_NOT_ALLOWED)
        self.set(request.payload.decode())
        say({"event": "written", "path": self.path, "value": self.value})
        return Message(code=Code.CHANGED)


class Action(aiocoap.resource.Resource):
    async def render_post(self, request):
        say({"event": "executed", "arguments": request.payload.decode()})
        return Message(code=Code.CHANGED)


class Instance(aiocoap.resource.Resource):
    """The instance of the Device object: its values together, and its links."""

    def __init__(self, values):
        super().__init__()
        self.values = values

    async def render_get(self, request):
        if request.opt.accept == LINK:
            links = ["</3/0>", *(f"</3/0/{number}>" for number in self.values), "</3/0/4>"]
            return Message(payload=",".join(links).encode(), content_format=LINK)
        records = []
        for number, resource in self.values.items():
            member = "vs" if isinstance(resource.value, str) else "v"
            records.append({"n": str(number), member: resource.value})
        records[0]["bn"] = "/3/0/"
        return Message(payload=json.dumps(records).encode(), content_format=SENML_JSON)


async def main():
    endpoint, server, port = sys.argv[1:]
    values = {
        0: Value("/3/0/0", "aiocoap"),
        1: Value("/3/0/1", "x" * 5000),
        9: Value("/3/0/9", 55),
        15: Value("/3/0/15", "UTC", writable=True),
    }
    site = aiocoap.resource.Site()
    for number, resource in values.items():
        site.add_resource(["3", "0", str(number)], resource)
    site.add_resource(["3", "0", "4"], Action())
    site.add_resource(["3", "0"], Instance(values))
    context = await aiocoap.Context.create_server_context(site, bind=("127.0.0.1", int(port)))

    async def ask(code, path, payload=b"", query=()):
        message = Message(code=code, payload=payload, uri=server)
        message.opt.uri_path = path
        message.opt.uri_query = tuple(query)
        if payload:
            message.opt.content_format = LINK
        return await asyncio.wait_for(context.request(message).response, 30)

    location = ()

    async def answer(command):
        nonlocal location
        match command["op"]:
            case "register":
                query = [f"ep={endpoint}", "lt=120", "lwm2m=1.1", "b=U"]
                response = await ask(Code.POST, ("rd",), b"</1/0>,</3/0>", query)
                location = response.opt.location_path
            case "update":
                response = await ask(Code.POST, location, query=["lt=240"])
            case "deregister":
                response = await ask(Code.DELETE, location)
            case "set":
                values[command["resource"]].set(command["value"])
                return {}
        return {"code": response.code.dotted}

    say({"event": "started"})
    await serve(answer)
    await context.shutdown()


asyncio.run(main())
