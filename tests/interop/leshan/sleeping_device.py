"""Our device in queue mode, registered with a server of Leshan."""

import unittest

import harness
from harness import Device

from . import programs
from .programs import CONTENT


class DeviceAsleep(unittest.TestCase):
    """Both ends take it for asleep a second after the last message. Leshan keeps no queue: it refuses to ask then."""

    peer = "Leshan server"

    @classmethod
    def setUpClass(cls):
        cls.leshan = programs.server("leshan-server-asleep", "1000")
        cls.addClassCleanup(cls.leshan.close)
        cls.device = Device("asleep", programs.uri(cls.leshan), "--lwm2m", "1.1", "--queue-mode", "--awake", "1")
        cls.addClassCleanup(cls.device.close, harness.signal.SIGKILL)
        cls.registered = cls.leshan.expect("registered", ep="asleep")

    def fall_asleep(self):
        self.device.expect("asleep")
        self.leshan.expect("asleep", ep="asleep")
        with self.assertRaisesRegex(AssertionError, "ClientSleepingException"):
            self.leshan.command("read", ep="asleep", path="/3/0/9")
        self.leshan.forget()
        self.device.forget()

    def is_read(self):
        self.leshan.expect("awake", ep="asleep")
        answer = self.leshan.command("read", ep="asleep", path="/3303/0/5701")
        self.assertEqual((answer["code"], answer["values"]), (CONTENT, {"/3303/0/5701": "Cel"}))

    def test_01(self):
        """sleep, and be asked on waking"""
        self.assertTrue(self.registered["queue"])
        self.is_read()
        self.fall_asleep()
        self.device.write("update")
        self.device.expect("awake")
        self.leshan.expect("updated", ep="asleep")
        self.is_read()

    def test_02(self):
        """be asked after a notification"""
        first = self.leshan.command("observe", ep="asleep", path="/3303/0/5700")["values"]
        self.assertEqual(first, {"/3303/0/5700": 21.5})
        self.fall_asleep()
        self.device.set("/3303/0/5700", 30.5)
        self.device.expect("awake")
        self.assertEqual(self.leshan.expect("notification")["values"], {"/3303/0/5700": 30.5})
        self.is_read()

    def test_03(self):
        """sleep again and again"""
        for _ in range(3):
            self.fall_asleep()
            self.device.write("update")
            self.is_read()
