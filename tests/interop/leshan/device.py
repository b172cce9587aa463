"""Our device, registered with a server of Leshan."""

from .operations import WithLeshanServer
from .programs import CHANGED, CONTENT


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
