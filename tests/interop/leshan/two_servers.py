"""Our device with two servers, ours and Leshan's, and with the rights that Leshan's bootstrap server gives them."""

from . import programs
from .bootstrap_server import WithLeshanBootstrapServer
from .programs import CHANGED, CONTENT, CREATED, DELETED

UNAUTHORIZED = "UNAUTHORIZED(401)"

OURS, LESHAN = 1, 2
READ, WRITE, EXECUTE, DELETE, CREATE = 1, 2, 4, 8, 16


class TwoServers(WithLeshanBootstrapServer):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leshan = programs.server("leshan-server-two")
        cls.addClassCleanup(cls.leshan.close)
        cls.leshan_uri = programs.uri(cls.leshan)

    def setUp(self):
        super().setUp()
        self.leshan.forget()

    def start(self, endpoint, *rules):
        """A device with both servers and these rules, once it is registered with both."""
        there = {"uri": self.leshan_uri, "id": LESHAN}
        # The accounts belong to their servers.
        rules = [(1, 0, OURS, {}), (1, 1, LESHAN, {}), *rules]
        acls = [dict(zip(("object", "instance", "owner", "rights"), rule)) for rule in rules]
        self.configure(endpoint, self.here(OURS), there, acls=acls)
        device = self.device(endpoint, "--lwm2m", "1.1", "--object", "3442:0")
        self.bootstrapped(endpoint)
        self.leshan.expect("registered", ep=endpoint)
        return device

    def theirs(self, op, endpoint, expected, **members):
        answer = self.leshan.command(op, ep=endpoint, **members)
        self.assertEqual(answer["code"], expected, answer)
        return answer

    def test_01(self):
        """two servers with different rights"""
        device = self.start(
            "rights",
            (3303, 0, OURS, {str(LESHAN): READ}),
            (3442, 0, LESHAN, {str(LESHAN): READ | WRITE, "0": READ}),
            (3442, 65535, 65535, {str(OURS): CREATE}),
        )
        server = self.server
        # Leshan reads what it may, and neither executes nor creates.
        path = "/3303/0/5701"
        self.assertEqual(self.theirs("read", "rights", CONTENT, path=path)["values"], {path: "Cel"})
        self.theirs("execute", "rights", UNAUTHORIZED, path="/3303/0/5605")
        made = [{"resource": 110, "type": "STRING", "value": "no"}]
        self.theirs("create", "rights", UNAUTHORIZED, path="/3442", instance=9, resources=made)
        written = {"path": "/3442/0/110", "type": "STRING", "value": "by Leshan", "format": "TEXT"}
        self.theirs("write", "rights", CHANGED, **written)
        self.assertEqual(device.value("/3442/0/110"), "by Leshan")
        self.theirs("delete", "rights", UNAUTHORIZED, path="/3442/0")
        # Ours owns the sensor, and has the rights of all others to what is Leshan's.
        server.run("exec rights /3303/0/5605")
        self.assertEqual(server.values("read rights /3442/0/110"), {"/3442/0/110": "by Leshan"})
        self.assertEqual(server.try_to("write rights /3442/0/110 ours")["status"], "4.01")
        # Of the accounts each sees its own.
        values = self.theirs("read", "rights", CONTENT, path="/1", format="SENML_JSON")["values"]
        self.assertEqual({path[:4] for path in values}, {"/1/1"})
        values = server.values("read rights /1")
        self.assertEqual(({path[:4] for path in values}, values["/1/0/0"]), ({"/1/0"}, OURS))
        self.assertEqual(server.try_to("write rights /1/1/1 5")["status"], "4.01")

    def test_02(self):
        """an instance is its maker's, who gives others rights"""
        self.start("makes", (3442, 65535, 65535, {str(OURS): CREATE, str(LESHAN): CREATE}))
        made = [{"resource": 110, "type": "STRING", "value": "made by Leshan"}]
        self.theirs("create", "makes", CREATED, path="/3442", instance=5, resources=made)
        self.leshan.expect("updated", ep="makes")
        self.assertEqual(self.server.try_to("read makes /3442/5")["status"], "4.01")
        self.server.run("create makes /3442/6 110=ours")
        self.theirs("read", "makes", UNAUTHORIZED, path="/3442/6")
        # Ours gives Leshan the right to read, as the owner of the rule.
        self.server.run(f"grant makes /3442/6 {LESHAN} R")
        values = self.theirs("read", "makes", CONTENT, path="/3442/6/110")["values"]
        self.assertEqual(values, {"/3442/6/110": "ours"})
        self.theirs("delete", "makes", UNAUTHORIZED, path="/3442/6")
        self.theirs("delete", "makes", DELETED, path="/3442/5")
        self.server.run("delete makes /3442/6")
        # Their rules are gone with them.
        self.assertNotIn("/3442/6", str(self.server.run("rights makes")["rules"]))

    def test_03(self):
        """observations of two servers"""
        device = self.start("observes", (3303, 0, OURS, {str(OURS): READ | WRITE, str(LESHAN): READ}))
        self.theirs("observe", "observes", CONTENT, path="/3303/0/5700")
        self.server.run("observe observes /3303/0/5700")
        self.server.run("attrs observes /3303/0/5700 gt=25")
        device.set("/3303/0/5700", 22.5)
        notified = self.leshan.expect("notification", path="/3303/0/5700")
        self.assertEqual(notified["values"], {"/3303/0/5700": 22.5})
        device.set("/3303/0/5700", 30.5)
        notified = self.server.expect("notification", endpoint="observes")
        self.assertEqual([value["value"] for value in notified["values"]], [30.5])
        # Attributes are each server's own.
        links = self.theirs("discover", "observes", CONTENT, path="/3303/0/5700")["links"]
        self.assertEqual(links, ["</3303/0/5700>"])

    def test_04(self):
        """a server less"""
        device = self.start("leaves", (3303, 0, OURS, {str(OURS): READ | WRITE, str(LESHAN): READ}))
        self.configure("leaves", {"uri": self.leshan_uri, "id": LESHAN}, delete=["/"])
        self.server.run("bootstrap leaves")
        self.bootstrap.expect("finished", ep="leaves")
        self.leshan.expect("registered", ep="leaves")
        self.assertEqual(set(self.accounts(device)), {None, LESHAN})
        # Alone it may do everything.
        self.theirs("write", "leaves", CHANGED, path="/3/0/15", type="STRING", value="UTC", format="TEXT")
