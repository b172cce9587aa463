"""Records: a path with ids and perhaps a prefix, a typed value, a time."""

import struct


class Refused(Exception):
    """A payload that the specification does not allow, or that says something else."""


def float_of(bits):
    return struct.unpack(">d", bytes.fromhex(bits))[0]


def bits_of(number):
    return struct.pack(">d", number).hex()


class Record:
    def __init__(self, json):
        self.prefix = json["prefix"]
        self.ids = tuple(json["ids"])
        self.type = json["type"]
        self.value = json["value"]
        self.time = None if json["time"] is None else float_of(json["time"])
        if self.type == "float":
            self.value = float_of(self.value)
        if self.type == "opaque":
            self.value = bytes.fromhex(self.value)

    def name(self):
        prefix = "/" + self.prefix if self.prefix else ""
        return prefix + "".join(f"/{id}" for id in self.ids) or "/"

    def key(self):
        return (self.prefix, self.ids, self.time)

    def is_number(self):
        return self.type in ("integer", "unsigned", "float", "time")


def split_name(name):
    """The prefix and the ids of a name: segments that are numbers stand last."""
    if not name.startswith("/"):
        raise Refused(f"no path: {name!r}")
    segments = name.removesuffix("/").split("/")[1:]
    numbers = [segment.isascii() and segment.isdigit() for segment in segments]
    start = numbers.index(True) if True in numbers else len(segments)
    if not all(numbers[start:]) or len(segments) - start > 4:
        raise Refused(f"no path: {name!r}")
    return "/".join(segments[:start]), tuple(int(segment) for segment in segments[start:])


def check_value(record, found):
    """Compares a value as Python's decoders give it with the one that was written."""
    expected = record.value
    match record.type:
        case "float":
            same = type(found) in (int, float) and (
                bits_of(found) == bits_of(expected) or found != found and expected != expected
            )
        case "integer" | "unsigned" | "time":
            same = type(found) is int and found == expected
        case _:
            same = type(found) is type(expected) and found == expected
    if not same:
        raise Refused(f"{record.name()}: {found!r} is not the {record.type} {expected!r}")
