"""The programs in Java that drive Leshan's libraries, and how they name the codes of answers."""

import os

from harness import Commanded

# Where the classes and libraries of the programs are; set once they are compiled.
CLASSES = None
BOOTSTRAP_CLASSES = None

CONTENT, CHANGED, CREATED, DELETED = "CONTENT(205)", "CHANGED(204)", "CREATED(201)", "DELETED(202)"


def program(name, classes, main, *arguments):
    path = os.pathsep.join([str(classes / "classes"), f"{classes / 'libraries'}/*"])
    return Commanded(name, ["java", "-XX:TieredStopAtLevel=1", "-cp", path, main, *arguments])


def server(name, *arguments):
    """A server of Leshan that listens."""
    return program(name, CLASSES, "LeshanServer", *arguments)


def client(endpoint, uri, *options):
    """A client of Leshan."""
    return program(f"leshan-client-{endpoint}", CLASSES, "LeshanClient", endpoint, uri, *options)


def bootstrap_server(name):
    """A bootstrap server of Leshan."""
    return program(name, BOOTSTRAP_CLASSES, "LeshanBootstrapServer")


def uri(listening):
    """Where a server listens, once it does."""
    return f"coap://127.0.0.1:{listening.expect('listening')['port']}"
