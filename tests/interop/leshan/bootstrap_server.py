"""Our device and the bootstrap server of Leshan; it then registers with our server."""

import unittest

import harness
from harness import Device, Server

from . import programs
from .programs import CHANGED, CONTENT, DELETED

BAD_REQUEST, NOT_ACCEPTABLE = "BAD_REQUEST(400)", "NOT_ACCEPTABLE(406)"

# The versions of the objects as which Leshan writes them.
OBJECTS = {"1.0": {"0": "1.0", "1": "1.0", "2": "1.0"}, "1.1": {"0": "1.1", "1": "1.1", "2": "1.0"}}


def resource(number, kind, value):
    return {"resource": number, "type": kind, "value": value}


def security(uri, server):
    """What an instance of object 0 is written with."""
    return [
        resource(0, "STRING", uri),
        resource(1, "BOOLEAN", False),
        resource(2, "INTEGER", 3),
        resource(3, "OPAQUE", ""),
        resource(4, "OPAQUE", ""),
        resource(5, "OPAQUE", ""),
        resource(10, "INTEGER", server),
    ]


def account(server, lifetime=100):
    """What an instance of object 1 is written with."""
    return [
        resource(0, "INTEGER", server),
        resource(1, "INTEGER", lifetime),
        resource(6, "BOOLEAN", True),
        resource(7, "STRING", "U"),
    ]


class WithLeshanBootstrapServer(unittest.TestCase):
    """One bootstrap server of Leshan, one server of ours, and a new device of ours in each scenario."""

    peer = "Leshan bootstrap"

    @classmethod
    def setUpClass(cls):
        cls.bootstrap = programs.bootstrap_server(f"leshan-bootstrap-{cls.__name__}")
        cls.addClassCleanup(cls.bootstrap.close)
        cls.uri = programs.uri(cls.bootstrap)
        cls.server = Server(f"our-server-{cls.__name__}")
        cls.addClassCleanup(cls.server.close)

    def setUp(self):
        self.bootstrap.forget()
        self.server.forget()

    def device(self, endpoint, *options):
        """A device that has nothing but an account at the bootstrap server."""
        device = Device(endpoint, None, "--bootstrap", self.uri, "--hold-off", "0", *options)
        self.addCleanup(device.close, harness.signal.SIGKILL)
        return device

    def configure(self, endpoint, *servers, **members):
        """Has Leshan make requests of a configuration."""
        self.bootstrap.command("configure", ep=endpoint, servers=servers, **members)

    def steps(self, endpoint, *steps, version="1.1"):
        """Has Leshan ask these things, and finish."""
        self.bootstrap.command("steps", ep=endpoint, steps=steps, objects=OBJECTS[version])

    def here(self, server=7, **members):
        """An account at our server."""
        return {"uri": self.server.uri(), "id": server, "lifetime": 123, **members}

    def written(self, server=7, lifetime=100, format=None):
        """The steps that write such an account."""
        with_format = {} if format is None else {"format": format}
        return [
            {"op": "write", "path": "/0/1", "resources": security(self.server.uri(), server), **with_format},
            {"op": "write", "path": "/1/0", "resources": account(server, lifetime), **with_format},
        ]

    def answered(self, endpoint, request, expected, **members):
        answer = self.bootstrap.expect("answered", ep=endpoint, request=request, **members)
        self.assertEqual(answer["code"], expected, answer)
        return answer

    def bootstrapped(self, endpoint, **members):
        """The whole of a bootstrap, and the registration that follows."""
        self.bootstrap.expect("finished", ep=endpoint)
        return self.server.expect("registered", endpoint=endpoint, **members)

    def accounts(self, device):
        """The accounts that the device has, by their servers; that at the bootstrap server has none."""
        device.forget()
        device.write("accounts")
        found = {}
        while None not in found:
            line = device.expect("account")
            found[line.get("server")] = line
        device.write("get /3/0/0")
        device.expect("value")
        found.update((line["server"], line) for line in device.said() if line.get("event") == "account")
        return found


class BootstrappedByLeshan(WithLeshanBootstrapServer):
    def test_01(self):
        """bootstrap by a configuration"""
        for version in ("1.0", "1.1", None):
            endpoint = f"configured-{version}"
            with self.subTest(version=version):
                self.configure(endpoint, self.here(), auto=version != "1.0")
                options = [] if version is None else ["--lwm2m", version]
                device = self.device(endpoint, *options)
                self.bootstrap.expect("requested", ep=endpoint, preferred=None)
                if version != "1.0":
                    links = self.answered(endpoint, "Discover", CONTENT)["links"]
                    self.assertIn(f"</>;lwm2m={version or '1.2'}", links)
                    self.assertIn("</0/0>", links)
                self.answered(endpoint, "Write", CHANGED, path="/0/1")
                self.answered(endpoint, "Write", CHANGED, path="/1/0")
                self.answered(endpoint, "Finish", CHANGED)
                registered = self.bootstrapped(endpoint)
                device.expect("bootstrapped")
                device.expect("registered", server=7)
                self.assertEqual((registered["lifetime"], registered["version"]), (123, version or "1.2"))
                values = self.server.values(f"read {endpoint} /1/0")
                self.assertEqual((values["/1/0/0"], values["/1/0/1"]), (7, 123))

    def test_02(self):
        """be written in every format"""
        for version, formats in {"1.0": ["TLV"], "1.1": ["TLV", "SENML_JSON", "SENML_CBOR"]}.items():
            for format in formats:
                endpoint = f"format-{version}-{format}"
                with self.subTest(version=version, format=format):
                    self.steps(endpoint, *self.written(lifetime=777, format=format), version=version)
                    self.device(endpoint, "--lwm2m", version)
                    self.answered(endpoint, "Finish", CHANGED)
                    registered = self.server.expect("registered", endpoint=endpoint)
                    self.assertEqual((registered["lifetime"], registered["version"]), (777, version))

    def test_03(self):
        """be written in the format that the device prefers"""
        for name, format in {"tlv": "TLV", "senml-json": "SENML_JSON", "senml-cbor": "SENML_CBOR"}.items():
            endpoint = f"prefers-{name}"
            with self.subTest(format=format):
                self.configure(endpoint, self.here())
                self.device(endpoint, "--bootstrap-format", name)
                self.bootstrap.expect("requested", ep=endpoint, preferred=format)
                self.answered(endpoint, "Finish", CHANGED)
                self.server.expect("registered", endpoint=endpoint)

    def test_04(self):
        """be written objects, instances and resources"""
        uri = self.server.uri()
        self.steps(
            "levels",
            {"op": "write", "path": "/0", "format": "SENML_JSON", "instances": {"3": security(uri, 7)}},
            {"op": "write", "path": "/1", "format": "TLV", "instances": {"2": account(7)}},
            {"op": "write", "path": "/1/2/1", "format": "TEXT", "type": "INTEGER", "value": 44},
            {"op": "write", "path": "/1/2/2", "format": "SENML_CBOR", "type": "INTEGER", "value": 3},
        )
        self.device("levels")
        for path in ("/0", "/1", "/1/2/1", "/1/2/2"):
            self.answered("levels", "Write", CHANGED, path=path)
        self.answered("levels", "Finish", CHANGED)
        registered = self.server.expect("registered", endpoint="levels")
        self.assertEqual(registered["lifetime"], 44)
        self.assertEqual(self.server.values("read levels /1/2/2"), {"/1/2/2": 3})

    def test_05(self):
        """be discovered, read and written with refusals"""
        self.steps(
            "looked-at",
            *self.written(lifetime=55, format="SENML_CBOR"),
            {"op": "discover", "path": "/"},
            {"op": "discover", "path": "/1"},
            {"op": "read", "path": "/1", "format": "SENML_CBOR"},
            {"op": "read", "path": "/1/0", "format": "TLV"},
            {"op": "read", "path": "/2", "format": "SENML_JSON"},
            {"op": "write", "path": "/4711/0", "format": "TLV", "resources": [resource(0, "INTEGER", 1)]},
            {"op": "write", "path": "/1/0/0", "format": "TEXT", "type": "INTEGER", "value": 70_000},
        )
        self.device("looked-at")
        links = self.answered("looked-at", "Discover", CONTENT, path="/")["links"]
        uri = self.server.uri()
        self.assertTrue({"</0/0>", f"</0/1>;ssid=7;uri={uri}", "</1/0>;ssid=7"} <= set(links), links)
        links = self.answered("looked-at", "Discover", CONTENT, path="/1")["links"]
        self.assertIn("</1/0>;ssid=7", links)
        for path in ("/1", "/1/0"):
            values = self.answered("looked-at", "Read", CONTENT, path=path)["values"]
            self.assertEqual((values["/1/0/0"], values["/1/0/1"]), (7, 55))
        self.assertEqual(self.answered("looked-at", "Read", CONTENT, path="/2")["values"], {})
        self.answered("looked-at", "Write", BAD_REQUEST, path="/4711/0")
        self.answered("looked-at", "Write", BAD_REQUEST, path="/1/0/0")
        self.answered("looked-at", "Finish", CHANGED)
        self.assertEqual(self.server.expect("registered", endpoint="looked-at")["lifetime"], 55)

    def test_06(self):
        """be asked to delete everything first"""
        self.configure("deleted", self.here(1))
        device = self.device("deleted")
        self.bootstrapped("deleted")
        self.configure("deleted", self.here(2, lifetime=66), delete=["/"], auto=True)
        self.server.run("bootstrap deleted")
        self.answered("deleted", "Delete", DELETED, path="/")
        registered = self.bootstrapped("deleted", lifetime=66)
        self.assertTrue({3, 5, 3303} <= {one["object"] for one in registered["objects"]})
        self.assertEqual(set(self.accounts(device)), {None, 2})
        self.assertEqual(self.server.values("read deleted /3/0/0"), {"/3/0/0": "Example Ltd"})

    def test_07(self):
        """bootstrap again when a server wants it"""
        other = Server("our-server-elsewhere")
        self.addCleanup(other.close)
        self.configure("moves", self.here(7))
        device = self.device("moves")
        self.bootstrapped("moves")
        there = {"uri": other.uri(), "id": 8, "lifetime": 88}
        self.configure("moves", there, delete=["/0", "/1"])
        self.server.run("bootstrap moves")
        self.bootstrap.expect("finished", ep="moves")
        self.assertEqual(other.expect("registered", endpoint="moves")["lifetime"], 88)
        device.expect("registered", server=8)
        self.assertEqual(set(self.accounts(device)), {None, 8})
        self.assertEqual(other.values("read moves /3/0/0"), {"/3/0/0": "Example Ltd"})

    def test_08(self):
        """refuse an inconsistent configuration"""
        without = {"op": "write", "path": "/0/1", "format": "TLV", "resources": security(self.server.uri(), 7)}
        self.steps("inconsistent", without)
        device = self.device("inconsistent")
        self.answered("inconsistent", "Write", CHANGED, path="/0/1")
        self.answered("inconsistent", "Finish", NOT_ACCEPTABLE)
        # Leshan gives up here. The device waits for a correction, for as long as an exchange may take.
        self.bootstrap.expect("failed", ep="inconsistent", cause="FINISH_FAILED")
        self.assertEqual(self.accounts(device)[None]["state"], "Session")
        names = {client["endpoint"] for client in self.server.run("clients")["clients"]}
        self.assertNotIn("inconsistent", names)

    def test_09(self):
        """be unknown to the bootstrap server at first"""
        device = self.device("unknown", "--no-pack")
        self.bootstrap.expect("unknown", ep="unknown")
        self.assertIn("Refused", device.expect("bootstrap-failed")["failure"])
        self.configure("unknown", self.here())
        device.write("bootstrap")
        self.bootstrapped("unknown")
