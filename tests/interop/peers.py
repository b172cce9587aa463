"""The peers: how each is had, and what is tried with it."""

import os
import shutil
import subprocess
import sys

from harness import ROOT, TARGET

HERE = ROOT / "tests" / "interop"


def attempt(command, **options):
    """Why a command failed; `None` if it did not."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, **options)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if done.returncode == 0:
        return None
    said = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()
    errors = [line for line in said if "error" in line.lower()] or said
    return errors[0].strip()[:200]


def ours():
    """Our own programs with each other: that the scenarios are fair."""
    import ours

    return None, [ours.OurDevice, ours.OurDeviceBootstrapped]


def leshan():
    """Eclipse Leshan's libraries, by Maven; its demos are not published there. Small programs in Java drive them."""
    reason = java("leshan", HERE / "leshan_programs")
    if reason:
        return reason, []
    import leshan as scenarios

    scenarios.programs.CLASSES = TARGET / "leshan"
    return None, scenarios.SCENARIOS


def leshan_bootstrap():
    """The bootstrap server of Eclipse Leshan, of an older version than the rest of it, which has libraries of its own."""
    reason, _ = leshan()
    reason = reason or java("leshan-bootstrap", HERE / "leshan_programs" / "bootstrap")
    if reason:
        return reason, []
    import leshan as scenarios

    scenarios.programs.BOOTSTRAP_CLASSES = TARGET / "leshan-bootstrap"
    return None, scenarios.BOOTSTRAP_SCENARIOS


def java(name, programs):
    """Fetches libraries and compiles programs; why they cannot be had, `None` if they can."""
    for tool in ("java", "javac", "mvn"):
        if not shutil.which(tool):
            return f"there is no {tool}"
    directory = TARGET / name
    libraries, classes = directory / "libraries", directory / "classes"
    classes.mkdir(parents=True, exist_ok=True)
    pom, have = programs / "pom.xml", directory / "pom.xml"
    copy = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"
    if not have.exists() or have.read_bytes() != pom.read_bytes():
        shutil.rmtree(libraries, ignore_errors=True)
        reason = attempt(["mvn", "-B", "-q", "-f", pom, copy, f"-DoutputDirectory={libraries}"])
        if reason:
            return f"its libraries cannot be had: {reason}"
        shutil.copy(pom, have)
    sources = sorted([*(programs / "src").glob("*.java"), *(HERE / "leshan_programs" / "shared").glob("*.java")])
    reason = attempt(["javac", "-cp", f"{libraries}/*", "-d", classes, *sources])
    return f"its driver does not compile: {reason}" if reason else None


def libcoap():
    """libcoap's command-line programs, of Debian."""
    if not shutil.which("coap-client-notls"):
        reason = apt_install("libcoap3-bin")
        if reason:
            return f"libcoap3-bin cannot be installed: {reason}", []
    import libcoap

    return None, [libcoap.CoapClientAndServer, libcoap.CoapClientAndDevice]


def aiocoap():
    """aiocoap, by pip, in an environment of its own."""
    environment = TARGET / "venv"
    python = environment / "bin" / "python"
    requirements = HERE / "requirements.txt"
    if not python.exists():
        reason = attempt([sys.executable, "-m", "venv", environment])
        if reason:
            return f"no environment for Python: {reason}", []
    reason = attempt([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", requirements])
    if reason:
        return f"it cannot be installed: {reason}", []
    import aiocoap_peer

    aiocoap_peer.PYTHON = python
    return None, [aiocoap_peer.AiocoapServer, aiocoap_peer.AiocoapDevice]


def lwm2md():
    """The server of fiumaralabs/lwm2m, as a Go module."""
    if not shutil.which("go"):
        return "there is no go", []
    directory = TARGET / "go"
    directory.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "GOBIN": str(directory), "GOFLAGS": "-mod=mod"}
    module = "github.com/fiumaralabs/lwm2m/cmd/lwm2md@latest"
    reason = attempt(["go", "install", module], cwd=directory, env=environment)
    if reason:
        return f"the Go module cannot be had: {reason}", []
    return "the Go module can be had now: its scenarios are still to be written", []


def apt_install(package):
    """Why a Debian package cannot be installed; `None` if it is."""
    if not shutil.which("apt-get"):
        return "there is no apt-get"
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    attempt([*root, "apt-get", "update", "-qq"])
    return attempt([*root, "apt-get", "install", "-qq", "-y", "--no-install-recommends", package])


ALL = {
    "ours": ours,
    "leshan": leshan,
    "leshan_bootstrap": leshan_bootstrap,
    "libcoap": libcoap,
    "aiocoap": aiocoap,
    "lwm2md": lwm2md,
}
