"""libcoap's programs: coap-client, coap-server and coap-rd.

They know nothing of LwM2M, so a device is made of two of them: coap-client registers from a port, and then coap-server
has the port. It is the same the other way round: coap-rd, a resource directory, registers our device, and then
coap-client speaks from its port.
"""

import json
import pathlib
import re
import subprocess
import tempfile
import unittest

import harness
from harness import Device, Program, Server, free_port

CLIENT, SERVER, DIRECTORY = "coap-client-notls", "coap-server-notls", "coap-rd-notls"

# Content formats.
TEXT, LINK, OPAQUE, SENML_JSON = 0, 40, 42, 110


class Answer:
    """The last message that coap-client received, and the payload of all its blocks."""

    def __init__(self, log, payload):
        received = re.findall(r"received \d+ bytes\n(v:1 .*)", log)
        if not received:
            raise AssertionError(f"coap-client received nothing: {log}")
        self.code = re.search(r" c:(\S+)", received[-1]).group(1)
        self.options = re.search(r"\[ (.*?) ?\]", received[-1]).group(1).split(", ")
        self.messages = len(received)
        self.payload = payload

    def location(self):
        return [option.split(":", 1)[1] for option in self.options if option.startswith("Location-Path")]


def coap(method, uri, *options, port=None, payload=None, format=None, accept=None):
    """One request of coap-client."""
    command = [CLIENT, "-v", "7", "-B", "30", "-m", method, *options]
    if port is not None:
        command += ["-a", "127.0.0.1", "-p", str(port)]
    if format is not None:
        command += ["-t", str(format)]
    if accept is not None:
        command += ["-A", str(accept)]
    with tempfile.TemporaryDirectory() as directory:
        out = pathlib.Path(directory) / "payload"
        if payload is not None:
            given = pathlib.Path(directory) / "given"
            given.write_bytes(payload.encode() if isinstance(payload, str) else payload)
            command += ["-f", str(given)]
        done = subprocess.run(
            [*command, "-o", str(out), uri], capture_output=True, text=True, errors="replace", timeout=60
        )
        return Answer(done.stdout + done.stderr, out.read_bytes() if out.exists() else b"")


class CoapClientAndServer(unittest.TestCase):
    """Our server; coap-client registers with it, and coap-server is what it reads then."""

    peer = "libcoap device"

    @classmethod
    def setUpClass(cls):
        cls.server = Server("our-server-libcoap")
        cls.addClassCleanup(cls.server.close)
        cls.port = free_port()

    def post(self, path, *options, **more):
        return coap("post", f"{self.server.uri()}{path}", *options, port=self.port, **more)

    def test_01(self):
        """register"""
        answer = self.post("/rd?ep=lib&lt=60&lwm2m=1.1&b=U", format=LINK, payload="</1/0>,</3/0>,</3303/0>")
        self.assertEqual(answer.code, "2.01")
        self.assertEqual(answer.location()[0], "rd")
        type(self).location = "/" + "/".join(answer.location())
        registered = self.server.expect("registered", endpoint="lib")
        self.assertEqual((registered["lifetime"], registered["version"]), (60, "1.1"))
        self.assertEqual(registered["address"], f"127.0.0.1:{self.port}")
        self.assertEqual([one["object"] for one in registered["objects"]], [1, 3, 3303])

    def test_02(self):
        """refusals"""
        for path, links in {
            "/rd?lt=60&lwm2m=1.1": "</3/0>",
            "/rd?ep=bad&lwm2m=1.1&lt=-5": "</3/0>",
            "/rd?ep=bad&lwm2m=1.1&lt=60": "</3/0",
        }.items():
            self.assertEqual(self.post(path, format=LINK, payload=links).code, "4.00", path)
        self.assertEqual(self.post("/rd?ep=bad&lwm2m=9.9&lt=60", format=LINK, payload="</3/0>").code, "4.12")
        self.assertEqual(self.post("/rd/nowhere?lt=60").code, "4.04")
        self.assertEqual(self.post("/nowhere").code, "4.04")

    def test_03(self):
        """update"""
        self.server.forget()
        self.assertEqual(self.post(f"{self.location}?lt=90").code, "2.04")
        self.server.expect("updated", endpoint="lib", lifetime=True)
        links = "</1/0>,</3/0>,</3303/0>,</3303/1>"
        self.assertEqual(self.post(self.location, format=LINK, payload=links).code, "2.04")
        self.server.expect("updated", endpoint="lib", objects=True)
        registration = self.server.run("client lib")
        self.assertEqual(registration["lifetime"], 90)
        self.assertEqual(registration["objects"][-1]["instances"], [0, 1])

    def test_04(self):
        """update after a lost datagram"""
        # It does not send the first datagram and repeats it.
        answer = self.post(f"{self.location}?lt=91", "-l", "1")
        self.assertEqual(answer.code, "2.04")
        self.assertEqual(self.server.run("client lib")["lifetime"], 91)

    def test_05(self):
        """register in blocks"""
        links = "</3/0>," + ",".join(f"</3303/{number}>" for number in range(500))
        answer = coap(
            "post",
            f"{self.server.uri()}/rd?ep=large&lt=60&lwm2m=1.1",
            "-b",
            "64",
            format=LINK,
            payload=links,
        )
        self.assertEqual(answer.code, "2.01")
        self.assertGreater(answer.messages, 80)
        registered = self.server.expect("registered", endpoint="large")
        self.assertEqual(registered["objects"][1]["instances"], list(range(500)))

    def test_06(self):
        """read, write and observe"""
        resources = Program("coap-server", [SERVER, "-A", "127.0.0.1", "-p", self.port, "-d", "20"])
        try:
            # coap-server makes what is put first.
            self.assertEqual(self.server.run("write lib /3/0/15 Europe/Berlin")["status"], "2.01")
            self.assertEqual(self.server.run("write lib /3/0/15 Asia/Tokyo")["status"], "2.04")
            self.assertEqual(self.server.values("read lib /3/0/15"), {"/3/0/15": "Asia/Tokyo"})
            self.assertEqual(self.server.try_to("read lib /3/0/14")["status"], "4.04")
            first = self.server.values("observe lib /3/0/15")
            self.assertEqual(first, {"/3/0/15": "Asia/Tokyo"})
            coap("put", f"coap://127.0.0.1:{self.port}/3/0/15", format=TEXT, payload="Africa/Lagos")
            notified = self.server.expect("notification", endpoint="lib")
            self.assertEqual(harness.by_path(notified), {"/3/0/15": "Africa/Lagos"})
            self.server.run("cancel lib")
            self.assertEqual(self.server.run("delete lib /3303/1")["status"], "2.02")
        finally:
            resources.close(harness.signal.SIGTERM)

    def test_07(self):
        """a large value in blocks"""
        resources = Program("coap-server-blocks", [SERVER, "-A", "127.0.0.1", "-p", self.port, "-d", "20"])
        try:
            text = "0123456789abcdef" * 300
            self.server.run(f"write lib /3/0/15 {text}")
            self.assertEqual(self.server.values("read lib /3/0/15"), {"/3/0/15": text})
        finally:
            resources.close(harness.signal.SIGTERM)

    def test_08(self):
        """de-register"""
        answer = coap("delete", f"{self.server.uri()}{self.location}", port=self.port)
        self.assertEqual(answer.code, "2.02")
        self.assertEqual(self.server.expect("ended", endpoint="lib")["reason"], "Deregistered")
        self.assertEqual(self.post(f"{self.location}?lt=90").code, "4.04")


class CoapClientAndDevice(unittest.TestCase):
    """Our device, registered with coap-rd; coap-client speaks from the directory's port afterwards."""

    peer = "libcoap server"

    @classmethod
    def setUpClass(cls):
        cls.port, device_port = free_port(), free_port()
        directory = Program("coap-rd", [DIRECTORY, "-A", "127.0.0.1", "-p", cls.port])
        cls.device = Device(
            "for-libcoap", f"coap://127.0.0.1:{cls.port}", "--bind", f"127.0.0.1:{device_port}", "--lwm2m", "1.1",
            "--object", "3442:0", "--lifetime", "86400",
        )
        cls.addClassCleanup(cls.device.close, harness.signal.SIGKILL)
        cls.registered = cls.device.expect("registered")
        directory.close(harness.signal.SIGKILL)
        cls.uri = f"coap://127.0.0.1:{device_port}"

    def ask(self, method, path, *options, **more):
        return coap(method, self.uri + path, *options, port=self.port, **more)

    def test_01(self):
        """register"""
        self.assertEqual(self.registered["version"], "1.1")

    def test_02(self):
        """refusals"""
        self.assertEqual(self.ask("get", "/3/0/22").code, "4.04")
        self.assertEqual(self.ask("put", "/3/0/0", format=TEXT, payload="no").code, "4.05")
        self.assertEqual(self.ask("get", "/3/0/9", accept=OPAQUE).code, "4.06")
        self.assertEqual(self.ask("put", "/3/0/15", format=12345, payload="x").code, "4.15")
        self.assertEqual(self.ask("get", "/0/0").code, "4.01")
        # An unknown critical option.
        self.assertEqual(self.ask("get", "/3/0/9", "-O", "65001,x").code, "4.02")

    def test_06(self):
        """read, write and observe"""
        answer = self.ask("get", "/3/0/9", accept=TEXT)
        self.assertEqual((answer.code, answer.payload), ("2.05", b"100"))
        answer = self.ask("put", "/3/0/15", format=TEXT, payload="Europe/Berlin")
        self.assertEqual(answer.code, "2.04")
        self.assertEqual(self.device.value("/3/0/15"), "Europe/Berlin")
        observer = Program(
            "coap-client-observe",
            [CLIENT, "-a", "127.0.0.1", "-p", self.port, "-w", "-s", "8", "-A", "0", f"{self.uri}/3303/0/5700"],
        )
        try:
            self.device.expect("observed", path="/3303/0/5700")
            observer.take(lambda line: line == 21.5, "the first value")
            self.device.set("/3303/0/5700", 23.25)
            observer.take(lambda line: line == 23.25, "a notification")
            # It cancels after its time.
            self.device.expect("no longer observed", path="/3303/0/5700")
        finally:
            observer.close(harness.signal.SIGTERM)

    def test_07(self):
        """a large value in blocks"""
        text = "0123456789abcdef" * 300
        answer = self.ask("put", "/3442/0/110", "-b", "128", format=TEXT, payload=text)
        self.assertEqual(answer.code, "2.04")
        self.assertEqual(self.device.value("/3442/0/110"), text)
        answer = self.ask("get", "/3442/0/110", "-b", "256", accept=TEXT)
        self.assertEqual((answer.code, answer.payload.decode()), ("2.05", text))
        self.assertGreater(answer.messages, 15)

    def test_08(self):
        """read after a lost datagram"""
        # Before anything that the device tells its server of: nobody answers that here.
        answer = self.ask("get", "/3/0/9", "-l", "1", accept=TEXT)
        self.assertEqual((answer.code, answer.payload), ("2.05", b"100"))

    def test_09(self):
        """execute"""
        self.assertEqual(self.ask("post", "/3442/0/0", payload="0='x'", format=TEXT).code, "2.04")
        self.assertEqual(self.device.expect("executed", path="/3442/0/0")["arguments"], "0='x'")

    def test_10(self):
        """discover and write attributes"""
        self.assertEqual(self.ask("put", "/3/0/9?pmin=5&pmax=50").code, "2.04")
        answer = self.ask("get", "/3/0", accept=LINK)
        links = answer.payload.decode().split(",")
        self.assertEqual(answer.code, "2.05")
        self.assertIn("</3/0/9>;pmin=5;pmax=50", links)
        self.assertIn("</3/0/7>;dim=2", links)

    def test_11(self):
        """read and write composite"""
        answer = self.ask(
            "fetch", "/", format=SENML_JSON, accept=SENML_JSON, payload='[{"n":"/3/0/0"},{"n":"/3303/0/5701"}]'
        )
        self.assertEqual(answer.code, "2.05")
        base, values = "", {}
        for record in json.loads(answer.payload):
            base = record.get("bn", base)
            values[base + record.get("n", "")] = record["vs"]
        self.assertEqual(values, {"/3/0/0": "Example Ltd", "/3303/0/5701": "Cel"})
        patch = '[{"n":"/3/0/14","vs":"+05:00"},{"n":"/3442/0/120","v":-5}]'
        self.assertEqual(self.ask("ipatch", "/", format=SENML_JSON, payload=patch).code, "2.04")
        self.assertEqual((self.device.value("/3/0/14"), self.device.value("/3442/0/120")), ("+05:00", -5))

    def test_12(self):
        """create and delete"""
        create = '[{"bn":"/3442/","n":"7/110","vs":"made by libcoap"}]'
        answer = self.ask("post", "/3442", format=SENML_JSON, payload=create)
        self.assertEqual(answer.code, "2.01")
        self.assertEqual(self.device.value("/3442/7/110"), "made by libcoap")
        self.assertEqual(self.ask("delete", "/3442/7").code, "2.02")
        self.assertEqual(self.ask("get", "/3442/7").code, "4.04")
