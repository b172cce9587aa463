"""Eclipse Leshan: its server and our device, and our server and its client."""

import base64
import unittest

import harness
from harness import Commanded, Device, Server

COMMAND = None

CONTENT, CHANGED, CREATED, DELETED = "CONTENT(205)", "CHANGED(204)", "CREATED(201)", "DELETED(202)"


class WithLeshanServer(unittest.TestCase):
    """One server of Leshan and one device of ours."""

    version = None

    @classmethod
    def setUpClass(cls):
        cls.leshan = Commanded(f"leshan-server-{cls.version}", [*COMMAND, "LeshanServer"])
        cls.addClassCleanup(cls.leshan.close)
        port = cls.leshan.expect("listening")["port"]
        cls.uri = f"coap://127.0.0.1:{port}"
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


class DeviceOfVersion11(WithLeshanServer):
    peer = "Leshan server"
    version = "1.1"
    containers = ["TLV", "SENML_CBOR", "SENML_JSON"]

    def test_01(self):
        """register"""
        self.assertEqual(self.registered["version"], "1.1")
        self.assertEqual(self.registered["lifetime"], 100)
        self.device.expect("registered", version="1.1")
        links = self.registered["links"]
        for link in ("</3/0>", "</5/0>", "</3303/0>", "</3442/0>"):
            self.assertIn(link, links)
        self.assertIn("</3303>;ver=1.1", links)

    def test_02(self):
        """read in every format"""
        self.check_read(self.containers)
        for format in ("TEXT", "CBOR", *self.containers):
            values = self.ask("read", CONTENT, path="/3303/0/5700", format=format)["values"]
            self.assertEqual(values, {"/3303/0/5700": 21.5})

    def test_03(self):
        """write every type in every format"""
        self.check_types(self.containers)

    def test_04(self):
        """write instances and multiple resources"""
        for format in self.containers:
            self.check_writes(format)

    def test_05(self):
        """refusals"""
        self.check_errors()

    def test_06(self):
        """execute"""
        self.check_execute()

    def test_07(self):
        """observe and cancel"""
        for format in ("TEXT", "SENML_CBOR", "TLV"):
            self.check_observe(format)

    def test_08(self):
        """discover and write attributes"""
        self.check_discover()

    def test_09(self):
        """create and delete"""
        for format in self.containers:
            self.check_create(format)

    def test_10(self):
        """read and write composite"""
        for format in ("SENML_CBOR", "SENML_JSON"):
            paths = ["/3/0/0", "/3303/0", "/3442/0/120"]
            values = self.ask("read-composite", CONTENT, paths=paths, format=format)["values"]
            self.assertEqual(values["/3/0/0"], "Example Ltd")
            self.assertIn("/3303/0/5701", values)
            self.assertNotIn("/3/0/1", values)
            writes = [
                {"path": "/3/0/14", "type": "STRING", "value": "+03:00"},
                {"path": "/3442/0/120", "type": "INTEGER", "value": 4711},
            ]
            self.ask("write-composite", CHANGED, values=writes, format=format)
            self.assertEqual(self.device.value("/3/0/14"), "+03:00")
            self.assertEqual(self.device.value("/3442/0/120"), 4711)
            writes = [
                {"path": "/3/0/14", "type": "STRING", "value": "+04:00"},
                {"path": "/3/0/0", "type": "STRING", "value": "not allowed"},
            ]
            self.ask("write-composite", "METHOD_NOT_ALLOWED(405)", values=writes, format=format)
            self.assertEqual(self.device.value("/3/0/14"), "+03:00")
            self.ask("write-composite", CHANGED, format=format,
                     values=[{"path": "/3442/0/120", "type": "INTEGER", "value": 0}])

    def test_11(self):
        """observe composite"""
        for format in ("SENML_CBOR", "SENML_JSON"):
            self.leshan.forget()
            paths = ["/3303/0/5700", "/3/0/9"]
            first = self.ask("observe-composite", CONTENT, paths=paths, format=format)["values"]
            self.assertEqual(set(first), set(paths))
            self.device.set("/3303/0/5700", 30.5)
            values = self.leshan.expect("notification")["values"]
            self.assertEqual(values["/3303/0/5700"], 30.5)
            self.ask("cancel", CONTENT, paths=paths)
            self.device.expect("no longer observed")
            self.device.set("/3303/0/5700", 21.5)

    def test_12(self):
        """send"""
        self.ask("write", CHANGED, path="/1/0/23", type="BOOLEAN", value=False, format="TEXT")
        self.device.write("send /3303/0/5700 /3/0/9")
        values = self.leshan.expect("send")["values"]
        self.assertEqual(values["/3303/0/5700"], self.device.value("/3303/0/5700"))
        self.device.expect("sent")

    def test_13(self):
        """firmware in blocks"""
        for format in ("OPAQUE", "TLV"):
            self.check_firmware(format)

    def test_14(self):
        """update"""
        self.check_update()

    def test_15(self):
        """de-register"""
        self.check_deregister()


class DeviceOfVersion10(WithLeshanServer):
    peer = "Leshan (1.0)"
    version = "1.0"
    containers = ["TLV"]

    def test_01(self):
        """register"""
        self.assertEqual(self.registered["version"], "1.0")
        self.assertEqual(self.registered["lifetime"], 100)
        self.device.expect("registered", version="1.0")
        self.assertIn("</3303/0>", self.registered["links"])

    def test_02(self):
        """read in every format"""
        self.check_read(self.containers)
        for format in ("TEXT", *self.containers):
            values = self.ask("read", CONTENT, path="/3303/0/5700", format=format)["values"]
            self.assertEqual(values, {"/3303/0/5700": 21.5})

    def test_03(self):
        """write every type in every format"""
        self.check_types(self.containers)

    def test_04(self):
        """write instances and multiple resources"""
        self.check_writes("TLV")

    def test_05(self):
        """refusals"""
        self.check_errors()

    def test_06(self):
        """execute"""
        self.check_execute()

    def test_07(self):
        """observe and cancel"""
        self.check_observe("TLV")

    def test_08(self):
        """discover and write attributes"""
        self.check_discover()

    def test_09(self):
        """create and delete"""
        self.check_create("TLV")

    def test_13(self):
        """firmware in blocks"""
        self.check_firmware("OPAQUE")

    def test_14(self):
        """update"""
        self.check_update()

    def test_15(self):
        """de-register"""
        self.check_deregister()


class LeshanClient(unittest.TestCase):
    """Our server and a client of Leshan."""

    peer = "Leshan client"

    @classmethod
    def setUpClass(cls):
        cls.server = Server("our-server-leshan")
        cls.addClassCleanup(cls.server.close)
        cls.client = Commanded("leshan-client", [*COMMAND, "LeshanClient", "lesh", cls.server.uri(), "100"])
        cls.addClassCleanup(cls.client.close)
        cls.registered = cls.server.expect("registered", endpoint="lesh")

    def test_01(self):
        """register"""
        self.assertEqual(self.registered["version"], "1.1")
        self.assertEqual(self.registered["lifetime"], 100)
        self.assertEqual(self.registered["binding"], "U")
        self.client.expect("registered")
        objects = {one["object"]: one for one in self.registered["objects"]}
        self.assertEqual(objects[3303]["instances"], [0])
        self.assertEqual(objects[3442]["name"], "LwM2M v1.1 Test Object")

    def test_02(self):
        """read in every format"""
        for format in ("", "format=tlv", "format=senml-cbor", "format=senml-json"):
            values = self.server.values(f"read lesh /3/0 {format}".strip())
            self.assertEqual(values["/3/0/0"], "Leshan")
            self.assertEqual(values["/3/0/9"], 87)
            self.assertEqual(values["/3/0/11/0"], 0)
        for format in ("text", "cbor", "tlv", "senml-cbor", "senml-json"):
            values = self.server.values(f"read lesh /3303/0/5700 format={format}")
            self.assertEqual(values, {"/3303/0/5700": 21.5})

    def test_03(self):
        """write every type in every format"""
        values = {
            110: ("grün & 100 %", "grün & 100 %"),
            120: ("-9007199254740993", -9007199254740993),
            # Leshan takes unsigned numbers of TLV for signed ones, unless they have eight bytes.
            125: ("9223372036854775808", 9223372036854775808),
            130: ("-0.1", -0.1),
            140: ("true", True),
            150: ("AAECAw==", "AAECAw=="),
            160: ("1700000000", 1700000000),
            170: ("3303:0", "3303:0"),
            180: ("</3/0>", "</3/0>"),
        }
        for format in ("text", "tlv", "senml-cbor", "senml-json"):
            for resource, (text, value) in values.items():
                with self.subTest(format=format, resource=resource):
                    path = f"/3442/0/{resource}"
                    self.server.run(f'write lesh {path} "{text}" format={format}')
                    self.assertEqual(self.server.values(f"read lesh {path} format={format}"), {path: value})
            self.server.run("exec lesh /3442/0/0")

    def test_04(self):
        """write instances and multiple resources"""
        for format in ("tlv", "senml-cbor", "senml-json"):
            self.server.run(f"write lesh /3442/0/1110 1=one 7=seven format={format}")
            values = self.server.values(f"read lesh /3442/0/1110 format={format}")
            self.assertEqual(values, {"/3442/0/1110/1": "one", "/3442/0/1110/7": "seven"})
            self.server.run(f"update lesh /3442/0 110=partly 120=5 format={format}")
            values = self.server.values("read lesh /3442/0")
            self.assertEqual((values["/3442/0/110"], values["/3442/0/120"]), ("partly", 5))
            self.assertEqual(values["/3442/0/1110/7"], "seven")

    def test_05(self):
        """refusals"""
        for line, status in {
            "write lesh /3/0/0 no": "4.05",
            "read lesh /4711/0": "4.04",
            "exec lesh /3/0/9": "4.05",
        }.items():
            answer = self.server.try_to(line)
            self.assertEqual((answer["ok"], answer["status"]), (False, status), line)

    def test_06(self):
        """execute"""
        self.server.run("exec lesh /3/0/4 0='x',3")
        ran = self.client.expect("executed", resource=4)
        self.assertIn("value=x", ran["arguments"])

    def test_07(self):
        """observe and cancel"""
        first = self.server.values("observe lesh /3303/0/5700")
        self.assertEqual(first, {"/3303/0/5700": 21.5})
        for value in (23.25, -3.0):
            self.client.command("temperature", value=value)
            notified = self.server.expect("notification", endpoint="lesh")
            self.assertEqual(harness.by_path(notified), {"/3303/0/5700": value})
        self.server.run("cancel lesh /3303/0/5700")

    def test_08(self):
        """discover and write attributes"""
        links = {link["path"] for link in self.server.run("discover lesh /3")["links"]}
        self.assertLessEqual({"/3", "/3/0", "/3/0/0", "/3/0/15"}, links)
        self.server.run("attrs lesh /3303/0/5700 pmin=5 gt=25")
        links = self.server.run("discover lesh /3303/0/5700")["links"]
        self.assertEqual([link["path"] for link in links], ["/3303/0/5700"])
        attributes = dict(part.split("=") for part in links[0]["attributes"].split(";"))
        self.assertEqual({name: float(value) for name, value in attributes.items()}, {"pmin": 5, "gt": 25})

    def test_09(self):
        """create and delete"""
        for format in ("tlv", "senml-cbor", "senml-json"):
            self.server.forget()
            self.server.run(f"create lesh /3442/5 110=made format={format}")
            updated = self.server.expect("updated", endpoint="lesh")
            self.assertTrue(updated["objects"])
            objects = {one["object"]: one for one in self.server.run("client lesh")["objects"]}
            self.assertEqual(objects[3442]["instances"], [0, 5])
            self.assertEqual(self.server.values("read lesh /3442/5/110"), {"/3442/5/110": "made"})
            self.server.run("delete lesh /3442/5")
            self.server.expect("updated", endpoint="lesh")

    def test_10(self):
        """read and write composite"""
        for format in ("senml-cbor", "senml-json"):
            values = self.server.values(f"read-composite lesh /3/0/0 /3442/0/120 format={format}")
            self.assertEqual(set(values), {"/3/0/0", "/3442/0/120"})
            self.server.run(f"write-composite lesh /3/0/15=UTC /3442/0/120=11 format={format}")
            values = self.server.values("read-composite lesh /3/0/15 /3442/0/120")
            self.assertEqual(values, {"/3/0/15": "UTC", "/3442/0/120": 11})

    def test_11(self):
        """observe composite"""
        self.server.forget()
        first = self.server.values("observe-composite lesh /3303/0/5700 /3/0/9")
        self.assertEqual(set(first), {"/3303/0/5700", "/3/0/9"})
        self.client.command("temperature", value=30.5)
        notified = harness.by_path(self.server.expect("notification", endpoint="lesh"))
        self.assertEqual(notified["/3303/0/5700"], 30.5)
        self.server.run("cancel lesh")

    def test_12(self):
        """send"""
        for format in ("SENML_CBOR", "SENML_JSON"):
            self.assertEqual(self.client.command("send", path="/3303/0/5700", format=format)["code"], CHANGED)
            sent = self.server.expect("send", endpoint="lesh")
            self.assertEqual(harness.by_path(sent), {"/3303/0/5700": 30.5})

    def test_13(self):
        """a large value in blocks"""
        text = "0123456789abcdef" * 300
        self.server.run(f"write lesh /3442/0/110 {text}")
        self.assertEqual(self.server.values("read lesh /3442/0/110"), {"/3442/0/110": text})

    def test_14(self):
        """update"""
        self.server.forget()
        self.client.command("update")
        self.server.expect("updated", endpoint="lesh")
        self.server.run("write lesh /1/0/1 77")
        self.assertTrue(self.server.expect("updated", endpoint="lesh", lifetime=True))
        self.assertEqual(self.server.run("client lesh")["lifetime"], 77)

    def test_15(self):
        """de-register"""
        self.client.command("stop")
        self.assertEqual(self.server.expect("ended", endpoint="lesh")["reason"], "Deregistered")
