"""Versions of objects, which registrations tell: our device with a server of Leshan, and our server with its client."""

import unittest

import harness
from harness import Device, Server

from . import programs
from .programs import CONTENT

VERSIONS = ("1.0", "1.1", "1.2", "1.3")


class VersionsOfOurDevice(unittest.TestCase):
    peer = "Leshan server"

    @classmethod
    def setUpClass(cls):
        cls.leshan = programs.server("leshan-server-versions")
        cls.addClassCleanup(cls.leshan.close)
        cls.uri = programs.uri(cls.leshan)

    def device(self, lwm2m, version):
        """A device with a version of object 4, once it is registered."""
        endpoint = f"versions-{lwm2m}-{version}"
        device = Device(endpoint, self.uri, "--lwm2m", lwm2m, "--object", f"4@{version}:0")
        self.addCleanup(device.close, harness.signal.SIGKILL)
        registered = self.leshan.expect("registered", ep=endpoint)
        self.assertEqual(registered["versions"]["4"], version, endpoint)
        return device, registered

    def test_01(self):
        """versions of objects"""
        for lwm2m in ("1.0", "1.1"):
            defaults = set()
            for version in VERSIONS:
                device, registered = self.device(lwm2m, version)
                if f"</4>;ver={version}" not in registered["links"]:
                    defaults.add(version)
                # A resource that came with each version; Leshan reads it by that version's definition.
                newest = {"1.0": 10, "1.1": 11, "1.2": 12, "1.3": 13}[version]
                device.set(f"/4/0/{newest}", 3)
                path = f"/4/0/{newest}"
                harness.until(lambda: device.value(path) == 3, path)
                values = self.leshan.command("read", ep=device.endpoint, path="/4/0", format="TLV")
                self.assertEqual((values["code"], values["values"][path]), (CONTENT, 3))
            # The one that goes without saying.
            self.assertEqual(defaults, {{"1.0": "1.0", "1.1": "1.2"}[lwm2m]})


class VersionsOfLeshanClient(unittest.TestCase):
    peer = "Leshan client"

    @classmethod
    def setUpClass(cls):
        cls.server = Server("our-server-leshan-versions")
        cls.addClassCleanup(cls.server.close)

    def client(self, object, version):
        endpoint = f"version-{object}-{version}"
        client = programs.client(endpoint, self.server.uri(), f"version={object}:{version}")
        self.addCleanup(client.close)
        registered = self.server.expect("registered", endpoint=endpoint)
        found = {one["object"]: one["version"] for one in registered["objects"]}
        self.assertEqual(found[object], version)
        return endpoint

    def test_01(self):
        """versions of objects"""
        for version in ("1.0", "1.3"):
            endpoint = self.client(4, version)
            for format in ("tlv", "senml-cbor"):
                values = self.server.values(f"read {endpoint} /4/0 format={format}")
                self.assertEqual((values["/4/0/0"], values["/4/0/2"], values["/4/0/4/0"]), (41, -80, "192.0.2.1"))

    def test_02(self):
        """versions of objects that nobody knows"""
        # A newer minor version has all that the known one has.
        endpoint = self.client(3303, "1.9")
        self.assertEqual(self.server.values(f"read {endpoint} /3303/0/5700 format=tlv"), {"/3303/0/5700": 21.5})
        # Of a newer major version nothing is known.
        endpoint = self.client(3303, "7.0")
        self.assertEqual(self.server.values(f"read {endpoint} /3303/0/5700 format=senml-json"), {"/3303/0/5700": 21.5})
        value = self.server.values(f"read {endpoint} /3303/0/5700 format=tlv")["/3303/0/5700"]
        self.assertNotEqual(value, 21.5)
