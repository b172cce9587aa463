"""Our server and a client of Leshan in queue mode."""

import unittest

import harness
from harness import Server

from . import programs


class LeshanClientAsleep(unittest.TestCase):
    """It is taken for asleep a second after it was heard of; what it is asked waits for three seconds at most."""

    peer = "Leshan client"

    @classmethod
    def setUpClass(cls):
        cls.server = Server("our-server-leshan-asleep", "--awake", "1", "--queue-timeout", "3")
        cls.addClassCleanup(cls.server.close)
        cls.client = programs.client("sleepy", cls.server.uri(), "queue")
        cls.addClassCleanup(cls.client.close)
        cls.registered = cls.server.expect("registered", endpoint="sleepy")

    def fall_asleep(self):
        harness.until(lambda: self.server.run("queue sleepy")["asleep"], "asleep")

    def queue(self, *lines):
        for line in lines:
            answer = self.server.run(line)
            self.assertEqual((answer["queued"], answer["asleep"]), (True, True), line)
        self.assertEqual(len(self.server.run("queue sleepy")["queue"]), len(lines))

    def delivered(self, line):
        return self.server.expect("delivered", endpoint="sleepy", command=line)

    def test_01(self):
        """sleep, and be asked on waking"""
        self.assertTrue(self.registered["queue"])
        self.assertEqual(self.server.values("read sleepy /3/0/0"), {"/3/0/0": "Leshan"})
        self.fall_asleep()
        lines = ["write sleepy /3/0/15 UTC format=text", "read sleepy /3/0/15"]
        self.queue(*lines)
        self.server.forget()
        self.client.command("update")
        for line in lines:
            answer = self.delivered(line)
            self.assertTrue(answer["ok"], answer)
        self.assertEqual(harness.by_path(answer), {"/3/0/15": "UTC"})

    def test_02(self):
        """be asked after a notification"""
        first = self.server.values("observe sleepy /3303/0/5700 wait=yes")
        self.assertEqual(first, {"/3303/0/5700": 21.5})
        self.fall_asleep()
        self.queue("read sleepy /3/0/9")
        self.server.forget()
        self.client.command("temperature", value=-3.0)
        notified = self.server.expect("notification", endpoint="sleepy")
        self.assertEqual(harness.by_path(notified), {"/3303/0/5700": -3.0})
        self.assertEqual(harness.by_path(self.delivered("read sleepy /3/0/9")), {"/3/0/9": 87})

    def test_03(self):
        """be asked after a Send"""
        self.fall_asleep()
        self.queue("read sleepy /3/0/9")
        self.server.forget()
        self.client.command("send", path="/3303/0/5700", format="SENML_CBOR")
        self.server.expect("send", endpoint="sleepy")
        self.assertEqual(harness.by_path(self.delivered("read sleepy /3/0/9")), {"/3/0/9": 87})

    def test_04(self):
        """be asked nothing that has expired or was withdrawn"""
        self.fall_asleep()
        self.queue("read sleepy /3/0/9", "exec sleepy /3/0/4")
        self.assertEqual(self.server.run("withdraw sleepy /3/0/4")["withdrawn"], 1)
        self.server.expect("expired", endpoint="sleepy", command="read sleepy /3/0/9")
        self.assertEqual(self.server.run("queue sleepy")["queue"], [])
        self.client.command("update")
        self.server.expect("updated", endpoint="sleepy")
        self.assertEqual(self.server.values("read sleepy /3/0/0 wait=yes"), {"/3/0/0": "Leshan"})
        self.assertFalse(any(line.get("event") == "executed" for line in self.client.said()))
