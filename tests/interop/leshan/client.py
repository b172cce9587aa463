"""Our server and a client of Leshan."""

import unittest

import harness
from harness import Server

from . import programs
from .programs import CHANGED


class LeshanClient(unittest.TestCase):
    """Our server and a client of Leshan."""

    peer = "Leshan client"

    @classmethod
    def setUpClass(cls):
        cls.server = Server("our-server-leshan")
        cls.addClassCleanup(cls.server.close)
        cls.client = programs.client("lesh", cls.server.uri(), "lifetime=100")
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
