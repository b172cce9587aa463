"""aiocoap as a server of our device, and as a device of our server."""

import base64
import json
import unittest

import harness
from harness import Commanded, Device, Server, free_port

PYTHON = None

TEXT, LINK, OPAQUE, SENML_JSON, SENML_CBOR, TLV = 0, 40, 42, 110, 112, 11542


def program(name, file, *arguments):
    directory = harness.ROOT / "tests" / "interop" / "aiocoap_programs"
    return Commanded(name, [PYTHON, directory / file, *arguments])


def by_name(payload):
    """The records of SenML JSON by their whole names."""
    base, values = "", {}
    for record in json.loads(payload):
        base = record.get("bn", base)
        value = next((record[kind] for kind in ("v", "vs", "vb", "vd", "vlo") if kind in record), None)
        values[base + record.get("n", "")] = value
    return values


class AiocoapServer(unittest.TestCase):
    """Our device, registered with a server made of aiocoap."""

    peer = "aiocoap server"

    @classmethod
    def setUpClass(cls):
        port = free_port()
        cls.server = program("aiocoap-server", "lwm2m_server.py", port)
        cls.addClassCleanup(cls.server.close)
        cls.server.expect("listening")
        cls.device = Device("for-aiocoap", f"coap://127.0.0.1:{port}", "--object", "3442:0", "--lifetime", "86400")
        cls.addClassCleanup(cls.device.close, harness.signal.SIGKILL)
        cls.registered = cls.server.expect("registered")

    def ask(self, op, path, expected, payload=None, **members):
        if payload is not None:
            members["payload"] = base64.b64encode(payload.encode()).decode()
        answer = self.server.command(op, path=path, **members)
        self.assertEqual(answer.get("code"), expected, answer)
        return base64.b64decode(answer["payload"])

    def test_01(self):
        """register"""
        query = self.registered["query"]
        self.assertEqual((query["ep"], query["lt"], query["lwm2m"]), ("for-aiocoap", "86400", "1.1"))
        self.assertIn("</3303/0>", self.registered["links"].split(","))
        self.device.expect("registered", version="1.1")

    def test_02(self):
        """refusals"""
        self.ask("get", "/3/0/22", "4.04")
        self.ask("put", "/3/0/0", "4.05", payload="no", format=TEXT)
        self.ask("get", "/3/0/9", "4.06", accept=OPAQUE)
        self.ask("put", "/3/0/15", "4.15", payload="x", format=12345)

    def test_03(self):
        """update"""
        self.server.forget()
        self.device.write("update")
        self.server.expect("updated")

    def test_06(self):
        """read, write and observe"""
        self.assertEqual(self.ask("get", "/3/0/0", "2.05", accept=TEXT), b"Example Ltd")
        values = by_name(self.ask("get", "/3/0", "2.05", accept=SENML_JSON))
        self.assertEqual((values["/3/0/9"], values["/3/0/7/1"]), (100, 5000))
        self.ask("put", "/3/0/15", "2.04", payload="Asia/Tokyo", format=TEXT)
        self.assertEqual(self.device.value("/3/0/15"), "Asia/Tokyo")
        first = self.ask("observe", "/3303/0/5700", "2.05", accept=TEXT)
        self.assertEqual(float(first), 21.5)
        for value in (23.25, -3.0):
            self.device.set("/3303/0/5700", value)
            notified = self.server.expect("notification", path="/3303/0/5700")
            self.assertEqual(float(base64.b64decode(notified["payload"])), value)

    def test_07(self):
        """a large value in blocks"""
        text = "0123456789abcdef" * 500
        self.ask("put", "/3442/0/110", "2.04", payload=text, format=TEXT)
        self.assertEqual(self.device.value("/3442/0/110"), text)
        self.assertEqual(self.ask("get", "/3442/0/110", "2.05", accept=TEXT).decode(), text)

    def test_09(self):
        """execute"""
        self.ask("post", "/3442/0/0", "2.04", payload="1='b',2", format=TEXT)
        self.assertEqual(self.device.expect("executed", path="/3442/0/0")["arguments"], "1='b',2")

    def test_10(self):
        """discover and write attributes"""
        self.ask("put", "/3/0/9", "2.04", query=["pmin=5", "pmax=50"])
        links = self.ask("get", "/3/0", "2.05", accept=LINK).decode().split(",")
        self.assertIn("</3/0/9>;pmin=5;pmax=50", links)

    def test_11(self):
        """read and write composite"""
        paths = '[{"n":"/3/0/0"},{"n":"/3303/0/5701"}]'
        values = by_name(self.ask("fetch", "/", "2.05", payload=paths, format=SENML_JSON, accept=SENML_JSON))
        self.assertEqual(values, {"/3/0/0": "Example Ltd", "/3303/0/5701": "Cel"})
        patch = '[{"n":"/3/0/14","vs":"+05:00"},{"n":"/3442/0/120","v":-5}]'
        self.ask("ipatch", "/", "2.04", payload=patch, format=SENML_JSON)
        self.assertEqual((self.device.value("/3/0/14"), self.device.value("/3442/0/120")), ("+05:00", -5))

    def test_12(self):
        """create and delete"""
        self.server.forget()
        create = '[{"bn":"/3442/","n":"7/110","vs":"made by aiocoap"}]'
        self.ask("post", "/3442", "2.01", payload=create, format=SENML_JSON)
        self.assertEqual(self.device.value("/3442/7/110"), "made by aiocoap")
        self.assertIn("</3442/7>", self.server.expect("updated")["links"])
        self.ask("delete", "/3442/7", "2.02")
        self.assertNotIn("</3442/7>", self.server.expect("updated")["links"])

    def test_13(self):
        """send"""
        self.ask("put", "/1/0/23", "2.04", payload="0", format=TEXT)
        self.device.write("send /3303/0/5700")
        sent = self.server.expect("send")
        self.assertIn(sent["format"], (SENML_JSON, SENML_CBOR))
        self.device.expect("sent")

    def test_14(self):
        """de-register"""
        self.assertEqual(self.device.interrupt(), 0)
        self.server.expect("deregistered")


class AiocoapDevice(unittest.TestCase):
    """Our server, and a device made of aiocoap's resources."""

    peer = "aiocoap device"

    @classmethod
    def setUpClass(cls):
        cls.server = Server("our-server-aiocoap")
        cls.addClassCleanup(cls.server.close)
        cls.device = program("aiocoap-device", "lwm2m_device.py", "aio", cls.server.uri(), free_port())
        cls.addClassCleanup(cls.device.close)
        cls.device.expect("started")

    def test_01(self):
        """register"""
        self.assertEqual(self.device.command("register")["code"], "2.01")
        registered = self.server.expect("registered", endpoint="aio")
        self.assertEqual((registered["lifetime"], registered["version"]), (120, "1.1"))

    def test_02(self):
        """refusals"""
        self.assertEqual(self.server.try_to("read aio /3/0/22")["status"], "4.04")
        self.assertEqual(self.server.try_to("write aio /3/0/0 no")["status"], "4.05")

    def test_03(self):
        """update"""
        self.assertEqual(self.device.command("update")["code"], "2.04")
        self.server.expect("updated", endpoint="aio", lifetime=True)
        self.assertEqual(self.server.run("client aio")["lifetime"], 240)

    def test_06(self):
        """read, write and observe"""
        self.assertEqual(self.server.values("read aio /3/0/0"), {"/3/0/0": "aiocoap"})
        self.assertEqual(self.server.values("read aio /3/0/9"), {"/3/0/9": 55})
        self.assertEqual(self.server.values("read aio /3/0 format=senml-json")["/3/0/9"], 55)
        self.server.run("write aio /3/0/15 Asia/Tokyo format=text")
        self.device.expect("written", path="/3/0/15", value="Asia/Tokyo")
        self.assertEqual(self.server.values("observe aio /3/0/9"), {"/3/0/9": 55})
        for value in (54, 53):
            self.device.command("set", resource=9, value=value)
            notified = self.server.expect("notification", endpoint="aio")
            self.assertEqual(harness.by_path(notified), {"/3/0/9": value})
        self.server.run("cancel aio")

    def test_07(self):
        """a large value in blocks"""
        self.assertEqual(self.server.values("read aio /3/0/1"), {"/3/0/1": "x" * 5000})
        text = "0123456789abcdef" * 500
        self.server.run(f"write aio /3/0/15 {text} format=text")
        self.device.expect("written", path="/3/0/15", value=text)

    def test_09(self):
        """execute"""
        self.server.run("exec aio /3/0/4 1='b',2")
        self.device.expect("executed", arguments="1='b',2")

    def test_10(self):
        """discover and write attributes"""
        links = [link["path"] for link in self.server.run("discover aio /3/0")["links"]]
        self.assertEqual(links, ["/3/0", "/3/0/0", "/3/0/1", "/3/0/9", "/3/0/15", "/3/0/4"])

    def test_14(self):
        """de-register"""
        self.assertEqual(self.device.command("deregister")["code"], "2.02")
        self.assertEqual(self.server.expect("ended", endpoint="aio")["reason"], "Deregistered")
