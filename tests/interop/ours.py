"""Our device and our servers with each other: what no peer of LwM2M 1.1 can be asked."""

import unittest

import harness
from harness import BootstrapServer, Device, Server


class OurDevice(unittest.TestCase):
    peer = "our server"

    @classmethod
    def setUpClass(cls):
        cls.server = Server("our-server-ours")
        cls.addClassCleanup(cls.server.close)
        cls.device = Device("ours", cls.server.uri(), "--object", "3442:0", "--lifetime", "100")
        cls.addClassCleanup(cls.device.close, harness.signal.SIGKILL)
        cls.registered = cls.server.expect("registered", endpoint="ours")

    def test_01(self):
        """register"""
        self.assertEqual((self.registered["version"], self.registered["lifetime"]), ("1.2", 100))
        self.device.expect("registered", version="1.2")

    def test_02(self):
        """read in every format"""
        for format in ("tlv", "senml-cbor", "senml-json", "lwm2m-cbor"):
            values = self.server.values(f"read ours /3/0 format={format}")
            self.assertEqual((values["/3/0/0"], values["/3/0/7/1"]), ("Example Ltd", 5000))

    def test_07(self):
        """observe and cancel"""
        first = self.server.values("observe ours /3303/0/5700 pmin=0 pmax=60")
        self.assertEqual(first, {"/3303/0/5700": 21.5})
        self.device.set("/3303/0/5700", 25.0)
        notified = self.server.expect("notification", endpoint="ours")
        self.assertEqual(harness.by_path(notified), {"/3303/0/5700": 25.0})
        self.server.run("cancel ours /3303/0/5700")
        self.device.expect("no longer observed", path="/3303/0/5700")

    def test_13(self):
        """firmware in blocks"""
        package = harness.TARGET / "package"
        package.write_bytes(b"9.8.7\n" + bytes(index % 251 for index in range(40_000)))
        self.server.run(f"write ours /5/0/0 @{package}")
        self.assertEqual(self.server.values("read ours /5/0/3"), {"/5/0/3": 2})
        self.server.run("exec ours /5/0/2")
        self.device.expect("installed")
        self.server.expect("registered", endpoint="ours")
        self.assertEqual(self.server.values("read ours /3/0/3"), {"/3/0/3": "9.8.7"})

    def test_15(self):
        """de-register"""
        self.assertEqual(self.device.interrupt(), 0)
        self.assertEqual(self.server.expect("ended", endpoint="ours")["reason"], "Deregistered")

    def test_16(self):
        """a fleet of 500"""
        fleet = Device("fleet", self.server.uri(), "--count", "500", "--duration", "5", name="our-fleet")
        last = self.server.take(
            lambda line: line.get("event") == "registered" and line["endpoint"] == "fleet-499", "the last device"
        )
        self.assertNotIn(":5683", last["address"])
        summary = fleet.expect("summary")
        self.assertEqual((summary["registered"], summary["failures"]), (500, 0))
        self.assertEqual(fleet.close(), 0)
        self.assertEqual(self.server.run("clients")["clients"], [])


class OurDeviceBootstrapped(unittest.TestCase):
    peer = "our server"

    @classmethod
    def setUpClass(cls):
        cls.bootstrap = BootstrapServer("our-bootstrap-ours")
        cls.addClassCleanup(cls.bootstrap.close)
        cls.server = Server("our-server-bootstrapped-ours")
        cls.addClassCleanup(cls.server.close)

    def check(self, endpoint, told, *options, plan=""):
        account = f'[[plan.server]]\nshort-server-id = 5\nuri = "{self.server.uri()}"\nlifetime = 321\n'
        self.bootstrap.plan(endpoint, f'[[plan]]\nendpoint = "{endpoint}"\n{plan}{account}')
        device = Device(endpoint, None, "--bootstrap", self.bootstrap.uri(), "--hold-off", "0", *options)
        self.addCleanup(device.close, harness.signal.SIGKILL)
        self.bootstrap.expect(told, endpoint=endpoint)
        device.expect("bootstrapped")
        self.assertEqual(self.server.expect("registered", endpoint=endpoint)["lifetime"], 321)
        self.assertEqual(self.server.values(f"read {endpoint} /1/0/1"), {"/1/0/1": 321})

    def test_01(self):
        """bootstrap by a pack"""
        self.check("packed", "packed")

    def test_02(self):
        """bootstrap step by step where a pack is refused"""
        self.check("no-packs", "finished", plan="pack = false\n")

    def test_03(self):
        """be written in LwM2M CBOR"""
        self.check("lwm2m-cbor", "finished", "--no-pack", "--bootstrap-format", "lwm2m-cbor")
