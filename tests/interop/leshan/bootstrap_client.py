"""Our bootstrap server and a client of Leshan, which then registers with our server."""

import unittest

from harness import BootstrapServer, Server

from . import programs

CONTENT = "CONTENT(205)"


class BootstrappedLeshanClient(unittest.TestCase):
    """One bootstrap server, one server, and a new client of Leshan in each scenario."""

    peer = "Leshan client"

    @classmethod
    def setUpClass(cls):
        cls.bootstrap = BootstrapServer("our-bootstrap-leshan")
        cls.addClassCleanup(cls.bootstrap.close)
        cls.server = Server("our-server-bootstrapped-leshan")
        cls.addClassCleanup(cls.server.close)

    def setUp(self):
        self.bootstrap.forget()
        self.server.forget()

    def client(self, endpoint, *options):
        """A client that has nothing but an account at the bootstrap server."""
        client = programs.client(endpoint, self.bootstrap.uri(), "bootstrap", *options)
        self.addCleanup(client.close)
        return client

    def plan(self, endpoint, *accounts, **settings):
        """What a client gets: accounts are Short Server IDs and lifetimes, at our server."""
        lines = ["[[plan]]", f'endpoint = "{endpoint}"', *(f"{key} = {value}" for key, value in settings.items())]
        for server, lifetime in accounts:
            uri = self.server.uri()
            lines += ["[[plan.server]]", f'short-server-id = {server}\nuri = "{uri}"\nlifetime = {lifetime}']
        self.bootstrap.plan(endpoint, "\n".join(lines) + "\n")

    def answered(self, endpoint, operation, status, **members):
        answer = self.bootstrap.expect("answered", endpoint=endpoint, operation=operation, **members)
        self.assertEqual(answer["status"], status, answer)

    def bootstrapped(self, endpoint, **members):
        self.bootstrap.expect("finished", endpoint=endpoint)
        return self.server.expect("registered", endpoint=endpoint, **members)

    def held(self, client, path):
        answer = client.command("get", path=path)
        self.assertEqual(answer["code"], CONTENT, path)
        return answer["values"]

    def test_01(self):
        """bootstrap"""
        self.plan("plain", (101, 222))
        client = self.client("plain")
        discovered = self.bootstrap.expect("discovered", endpoint="plain")
        self.assertIn({"path": "/0/0", "server": None}, discovered["instances"])
        self.answered("plain", "Bootstrap-Write", "2.04", path="/0/1")
        self.answered("plain", "Bootstrap-Write", "2.04", path="/1/0")
        self.answered("plain", "Bootstrap-Finish", "2.04")
        self.assertEqual(self.bootstrapped("plain")["lifetime"], 222)
        client.expect("bootstrapped")
        values = self.held(client, "/0/1")
        self.assertEqual((values["/0/1/0"], values["/0/1/10"]), (self.server.uri(), 101))
        self.assertEqual(self.server.values("read plain /3/0/0"), {"/3/0/0": "Leshan"})

    def test_02(self):
        """be written in every format, an instance or an object at a time"""
        for level in ("instance", "object"):
            for format in ("tlv", "senml-json", "senml-cbor"):
                endpoint = f"{level}-{format}"
                with self.subTest(level=level, format=format):
                    self.plan(endpoint, (101, 77), **{"write-level": f'"{level}"', "format": f'"{format}"'})
                    self.client(endpoint)
                    path = "/1" if level == "object" else "/1/0"
                    self.answered(endpoint, "Bootstrap-Write", "2.04", path=path)
                    self.assertEqual(self.bootstrapped(endpoint)["lifetime"], 77)

    def test_03(self):
        """be written in the format that the device prefers"""
        for format in ("TLV", "SENML_JSON", "SENML_CBOR"):
            endpoint = f"prefers-{format}"
            with self.subTest(format=format):
                self.plan(endpoint, (101, 78))
                self.client(endpoint, f"format={format}")
                self.assertEqual(self.bootstrapped(endpoint)["lifetime"], 78)

    def test_04(self):
        """bootstrap as LwM2M 1.0 has it"""
        steps = '["delete /0", "delete /1", "write /"]'
        self.plan("old", (101, 79), steps=steps, format='"tlv"')
        self.client("old")
        self.answered("old", "Bootstrap-Delete", "2.02", path="/0")
        self.answered("old", "Bootstrap-Delete", "2.02", path="/1")
        self.assertEqual(self.bootstrapped("old")["lifetime"], 79)

    def test_05(self):
        """be discovered and read"""
        steps = '["discover /", "write /", "read /1", "read /1/0", "read /2"]'
        self.plan("looked-at", (101, 80), steps=steps)
        self.client("looked-at")
        for path in ("/1", "/1/0"):
            values = self.bootstrap.expect("read", endpoint="looked-at", path=path)["values"]
            self.assertEqual((values["/1/0/0"], values["/1/0/1"]), ("101", "80"))
        self.bootstrapped("looked-at")

    def test_06(self):
        """bootstrap again when a server wants it, and lose what is not in the plan"""
        self.plan("again", (101, 81), (102, 82))
        client = self.client("again")
        self.bootstrap.expect("finished", endpoint="again")
        self.server.expect("registered", endpoint="again")
        self.plan("again", (103, 83))
        self.server.run("bootstrap again account=0")
        for path in ("/0/1", "/0/2"):
            self.answered("again", "Bootstrap-Delete", "2.02", path=path)
        self.assertEqual(self.bootstrapped("again", lifetime=83)["lifetime"], 83)
        servers = {value for path, value in self.held(client, "/1").items() if path.endswith("/0")}
        self.assertEqual(servers, {103})

    def test_07(self):
        """be asked again after an inconsistent configuration"""
        self.plan("refuses", (101, 84))
        client = self.client("refuses", "refuse=1")
        self.answered("refuses", "Bootstrap-Finish", "4.06")
        self.bootstrap.expect("retried", endpoint="refuses", status="4.06")
        # Leshan has left the session by then, and begins another one.
        client.expect("bootstrap failed")
        self.bootstrap.expect("failed", endpoint="refuses")
        self.assertEqual(self.bootstrapped("refuses")["lifetime"], 84)
        client.expect("bootstrapped")

    def test_08(self):
        """be unknown to the bootstrap server at first"""
        client = self.client("unknown")
        self.assertFalse(self.bootstrap.expect("refused", endpoint="unknown", status="4.00")["plan"])
        client.expect("bootstrap failed")
        self.plan("unknown", (101, 85))
        self.assertEqual(self.bootstrapped("unknown")["lifetime"], 85)

    def test_09(self):
        """be written rules of access"""
        uri = self.server.uri()
        self.bootstrap.plan("rules", f"""[[plan]]
endpoint = "rules"
[[plan.server]]
short-server-id = 101
uri = "{uri}"
[[plan.access]]
object = 3303
instance = 0
owner = 101
rights = {{ 101 = "RW", default = "R" }}
""")
        client = self.client("rules")
        self.bootstrapped("rules")
        values = self.held(client, "/2")
        self.assertIn(3303, values.values())
        self.assertIn(101, values.values())
