"""Programs that are driven by lines: what they print is JSON, one object a line.

Nothing here sleeps to let something happen: `expect` and `command` wait for the line that says so, for a bounded time.
"""

import json
import os
import pathlib
import signal
import socket
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = ROOT / "target" / "interop"
LOGS = TARGET / "logs"

# How long anything may take. The virtual machines of Java need most of it when the machine is busy.
PATIENCE = 60.0


class Program:
    """A child process; its lines are kept until somebody expects them."""

    def __init__(self, name, command, **options):
        LOGS.mkdir(parents=True, exist_ok=True)
        self.name = name
        self._lines = []
        self._over = False
        self._changed = threading.Condition()
        with open(LOGS / f"{name}.log", "w") as log:
            self._process = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                **options,
            )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        with open(LOGS / f"{self.name}.out", "w") as log:
            for text in self._process.stdout:
                log.write(text)
                try:
                    line = json.loads(text)
                except ValueError:
                    line = {"text": text.rstrip("\n")}
                with self._changed:
                    self._lines.append(line)
                    self._changed.notify_all()
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def write(self, line):
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def take(self, wanted, what, patience=PATIENCE):
        """The first line for which `wanted` holds; nobody else gets it afterwards."""
        deadline = time.monotonic() + patience
        with self._changed:
            while True:
                for index, line in enumerate(self._lines):
                    if wanted(line):
                        return self._lines.pop(index)
                left = deadline - time.monotonic()
                if self._over or left <= 0:
                    why = "ended" if self._over else f"did not within {patience:.0f} s"
                    raise AssertionError(f"{self.name} {why}: {what}; it said {str(self._lines[-8:])[-2000:]}")
                self._changed.wait(left)

    def expect(self, event, patience=PATIENCE, **members):
        """The first event of a name with these members."""
        described = f"{event} {members or ''}"
        matches = lambda line: line.get("event") == event and all(
            line.get(name) == value for name, value in members.items()
        )
        return self.take(matches, described, patience)

    def said(self):
        """The lines that nobody has expected yet."""
        with self._changed:
            return list(self._lines)

    def forget(self):
        """Drops the lines so far: what comes later is meant."""
        with self._changed:
            self._lines.clear()

    def close(self, how=None):
        """Ends the program, by the end of its input or by a signal."""
        if self._process.poll() is None:
            if how is not None:
                self._process.send_signal(how)
            else:
                try:
                    self._process.stdin.close()
                except OSError:
                    pass
            try:
                self._process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
                raise AssertionError(f"{self.name} did not end")
        return self._process.returncode


class Commanded(Program):
    """A program that takes commands as JSON and answers with their number."""

    _number = 0

    def command(self, op, **members):
        Commanded._number += 1
        number = Commanded._number
        self.write(json.dumps({"id": number, "op": op, **members}))
        answer = self.take(lambda line: line.get("id") == number, f"the answer to {op} {members}")
        if "error" in answer:
            raise AssertionError(f"{self.name}: {op} {members}: {answer['error']}")
        return answer


class Server(Program):
    """Our server."""

    def __init__(self, name="our-server", *options):
        super().__init__(name, [BINARIES / "server", "--json", "--bind", "127.0.0.1:0", *options])
        self.port = self.expect("listening")["port"]

    def uri(self):
        return f"coap://127.0.0.1:{self.port}"

    def run(self, line):
        """Does a command that goes well."""
        answer = self.try_to(line)
        if not answer["ok"]:
            raise AssertionError(f"{line}: {answer['error']}")
        return answer

    def try_to(self, line):
        """Does a command that may be refused."""
        self.write(line)
        return self.take(lambda answer: answer.get("command") == line, line)

    def values(self, line):
        """The values of a command by path."""
        return by_path(self.run(line))


class BootstrapServer(Program):
    """Our bootstrap server, with a file of plans."""

    def __init__(self, name="our-bootstrap-server"):
        self._plans = {}
        self._file = TARGET / f"{name}.toml"
        TARGET.mkdir(parents=True, exist_ok=True)
        self._file.write_text("")
        arguments = ["--config", self._file, "--json", "--bind", "127.0.0.1:0"]
        super().__init__(name, [BINARIES / "bootstrap-server", *arguments])
        self.port = self.expect("listening")["port"]

    def uri(self):
        return f"coap://127.0.0.1:{self.port}"

    def plan(self, endpoint, text):
        """What a device is configured with from now on."""
        self._plans[endpoint] = text
        self._file.write_text("\n".join(self._plans.values()))
        self.forget()
        self.write("reload")
        answer = self.take(lambda answer: answer.get("command") == "reload", "reload")
        if not answer["ok"]:
            raise AssertionError(f"{text}: {answer['error']}")


def by_path(answer):
    """The values of an answer or event by path."""
    return {value["path"]: value["value"] for value in answer["values"]}


class Device(Program):
    """Our device."""

    def __init__(self, endpoint, uri, *options, name=None):
        server = [] if uri is None else ["--server", uri]
        arguments = ["--endpoint", endpoint, *server, "--json", "--period", "3600", *options]
        super().__init__(name or f"our-device-{endpoint}", [BINARIES / "device", *arguments])
        self.endpoint = endpoint

    def value(self, path):
        """What the device itself holds."""
        self.write(f"get {path}")
        answer = self.take(
            lambda line: line.get("event") in ("value", "error")
            and (line.get("path") == path or line["event"] == "error"),
            f"get {path}",
        )
        if answer["event"] == "error":
            raise AssertionError(f"get {path}: {answer}")
        return answer["value"]

    def set(self, path, value):
        self.write(f"set {path} {value}")

    def interrupt(self):
        """Ctrl-C."""
        return self.close(signal.SIGINT)


def until(holds, what, patience=PATIENCE):
    """Asks again and again, for what no line tells."""
    deadline = time.monotonic() + patience
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {patience:.0f} s: {what}")
        time.sleep(0.1)


def free_port():
    """A port of UDP that nobody has just now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unused:
        unused.bind(("127.0.0.1", 0))
        return unused.getsockname()[1]


def cargo_build():
    """Builds our programs; the directory that they are in."""
    programs = ["-p", "server", "-p", "device", "-p", "bootstrap-server"]
    subprocess.run(["cargo", "build", "-q", *programs], cwd=ROOT, check=True)
    target = os.environ.get("CARGO_TARGET_DIR", ROOT / "target")
    return pathlib.Path(target) / "debug"


# Set by the script once they are built.
BINARIES = None
