"""What a server of Leshan asks of our device, once for every version that asks it."""

import base64
import unittest

import harness
from harness import Device

from . import programs
from .programs import CHANGED, CONTENT, CREATED, DELETED


class WithLeshanServer(unittest.TestCase):
    """One server of Leshan and one device of ours."""

    version = None

    @classmethod
    def setUpClass(cls):
        cls.leshan = programs.server(f"leshan-server-{cls.version}")
        cls.addClassCleanup(cls.leshan.close)
        cls.uri = programs.uri(cls.leshan)
        options = ["--lifetime", "100", "--object", "3442:0"]
        if cls.version != "1.1":
            # 1.1 is what both come to by themselves.
            options += ["--lwm2m", cls.version]
        cls.device = Device("leshan-dev", cls.uri, *options, name=f"our-device-leshan-{cls.version}")
        cls.addClassCleanup(cls.device.close, harness.signal.SIGKILL)
        cls.registered = cls.leshan.expect("registered", ep="leshan-dev")

    def ask(self, op, expected, **members):
        answer = self.leshan.command(op, ep="leshan-dev", **members)
        self.assertEqual(answer["code"], expected, answer)
        return answer

    def check_read(self, formats):
        for format in formats:
            with self.subTest(format=format):
                values = self.ask("read", CONTENT, path="/3/0", format=format)["values"]
                self.assertEqual(values["/3/0/0"], "Example Ltd")
                self.assertEqual(values["/3/0/9"], self.device.value("/3/0/9"))
                self.assertEqual(values["/3/0/7/1"], 5000)
                self.assertEqual(values["/3/0/11/0"], 0)
                self.assertAlmostEqual(values["/3/0/13"], self.device.value("/3/0/13"), delta=5)
                values = self.ask("read", CONTENT, path="/3303", format=format)["values"]
                self.assertEqual(values["/3303/0/5700"], 21.5)

    def check_types(self, formats):
        """Every type, written and read in every format."""
        values = {
            ("STRING", 110): "grün & 100 %",
            ("INTEGER", 120): -9007199254740993,
            ("FLOAT", 130): -0.1,
            ("BOOLEAN", 140): True,
            ("OPAQUE", 150): base64.b64encode(bytes(range(256))).decode(),
            ("TIME", 160): 1700000000,
            ("OBJLNK", 170): "3303:0",
        }
        for format in formats:
            for (kind, resource), value in values.items():
                with self.subTest(format=format, type=kind):
                    path = f"/3442/0/{resource}"
                    self.ask("write", CHANGED, path=path, type=kind, value=value, format=format)
                    read = self.ask("read", CONTENT, path=path, format=format)["values"]
                    self.assertEqual(read, {path: value})
                    self.ask("write", CHANGED, path="/3442/0", format=formats[0], resources=[
                        {"resource": resource, "type": kind, "value": default(kind)}])

    def check_writes(self, format):
        zone = f"Zone/{format}"
        self.ask("write", CHANGED, path="/3/0/15", type="STRING", value=zone, format=format)
        self.assertEqual(self.device.value("/3/0/15"), zone)
        self.device.expect("written", path="/3/0/15")
        resources = [{"resource": 14, "type": "STRING", "value": "+02:00"}]
        self.ask("update", CHANGED, path="/3/0", resources=resources, format=format)
        self.assertEqual(self.device.value("/3/0/14"), "+02:00")
        self.assertEqual(self.device.value("/3/0/15"), zone)
        several = {"1": "one", "7": "seven"}
        self.ask("write", CHANGED, path="/3442/0/1110", type="STRING", value=several, format=format)
        read = self.ask("read", CONTENT, path="/3442/0/1110", format=format)["values"]
        self.assertEqual(read, {"/3442/0/1110/1": "one", "/3442/0/1110/7": "seven"})

    def check_errors(self):
        self.ask("write", "METHOD_NOT_ALLOWED(405)", path="/3/0/0", type="STRING", value="no", format="TEXT")
        self.ask("read", "NOT_FOUND(404)", path="/3/0/22")
        self.ask("read", "NOT_FOUND(404)", path="/4711/0")
        self.ask("read", "METHOD_NOT_ALLOWED(405)", path="/3/0/4")
        self.ask("execute", "METHOD_NOT_ALLOWED(405)", path="/3/0/9")
        self.ask("read", "UNAUTHORIZED(401)", path="/0/0")

    def check_execute(self):
        self.ask("execute", CHANGED, path="/3442/0/0", arguments="0='x',3")
        ran = self.device.expect("executed", path="/3442/0/0")
        self.assertEqual(ran["arguments"], "0='x',3")

    def check_observe(self, format):
        first = self.ask("observe", CONTENT, path="/3303/0/5700", format=format)["values"]
        self.assertEqual(first, {"/3303/0/5700": self.device.value("/3303/0/5700")})
        self.device.expect("observed", path="/3303/0/5700")
        for value in (23.25, 24.5, -3.0):
            self.device.set("/3303/0/5700", value)
            notified = self.leshan.expect("notification", path="/3303/0/5700")
            self.assertEqual(notified["values"], {"/3303/0/5700": value})
        self.ask("cancel", CONTENT, path="/3303/0/5700")
        self.device.expect("no longer observed", path="/3303/0/5700")

    def check_discover(self):
        links = self.ask("discover", CONTENT, path="/3303/0")["links"]
        self.assertIn("</3303/0/5700>", links)
        self.assertIn("</3303/0/5605>", links)
        self.ask("attributes", CHANGED, path="/3303/0/5700", attributes="pmin=1&pmax=300&gt=25&st=0.5")
        links = self.ask("discover", CONTENT, path="/3303/0/5700")["links"]
        self.assertEqual(len(links), 1)
        attributes = dict(part.split("=") for part in links[0].split(";")[1:])
        attributes = {name: float(value) for name, value in attributes.items()}
        self.assertEqual(attributes, {"pmin": 1, "pmax": 300, "gt": 25, "st": 0.5})
        self.ask("attributes", CHANGED, path="/3303/0/5700", attributes="pmin&pmax&gt&st")
        links = self.ask("discover", CONTENT, path="/3303/0/5700")["links"]
        self.assertEqual(links, ["</3303/0/5700>"])

    def check_create(self, format):
        self.leshan.forget()
        resources = [{"resource": 110, "type": "STRING", "value": "made by Leshan"}]
        self.ask("create", CREATED, path="/3442", instance=5, resources=resources, format=format)
        self.assertEqual(self.device.value("/3442/5/110"), "made by Leshan")
        updated = self.leshan.expect("updated", ep="leshan-dev")
        self.assertIn("</3442/5>", updated["links"])
        self.ask("delete", DELETED, path="/3442/5")
        updated = self.leshan.expect("updated", ep="leshan-dev")
        self.assertNotIn("</3442/5>", updated["links"])
        self.ask("read", "NOT_FOUND(404)", path="/3442/5")

    def check_firmware(self, format):
        """A package of many blocks, and its installation."""
        package = b"9.8.7\n" + bytes(index % 251 for index in range(40_000))
        value = base64.b64encode(package).decode()
        self.ask("execute", "METHOD_NOT_ALLOWED(405)", path="/5/0/2")
        self.ask("write", CHANGED, path="/5/0/0", type="OPAQUE", value=value, format=format)
        self.assertEqual(self.firmware(), (2, 0))
        self.leshan.forget()
        self.ask("execute", CHANGED, path="/5/0/2")
        self.device.expect("installed")
        self.leshan.expect("registered", ep="leshan-dev")
        self.assertEqual(self.firmware(), (0, 1))
        self.assertEqual(self.ask("read", CONTENT, path="/3/0/3")["values"], {"/3/0/3": "9.8.7"})

    def firmware(self):
        """State and result; Leshan has no model of the object's newest version to read them by."""
        return self.device.value("/5/0/3"), self.device.value("/5/0/5")

    def check_update(self):
        self.leshan.forget()
        self.device.write("update")
        self.leshan.expect("updated", ep="leshan-dev")
        self.ask("write", CHANGED, path="/1/0/1", type="INTEGER", value=77, format="TLV")
        self.assertEqual(self.leshan.expect("updated", ep="leshan-dev")["lifetime"], 77)

    def check_deregister(self):
        self.assertEqual(self.device.interrupt(), 0)
        self.assertFalse(self.leshan.expect("unregistered", ep="leshan-dev")["expired"])


def default(kind):
    return {"STRING": "", "INTEGER": 0, "FLOAT": 0.0, "BOOLEAN": False, "OPAQUE": "", "TIME": 0, "OBJLNK": "3:0"}[kind]
