"""CBOR: read by cbor2, written by it or in one of the many other ways that mean the same."""

import struct
from decimal import Decimal

import cbor2

from record import Refused, bits_of


class Map(list):
    """Pairs in their order; keys may be lists."""


class Tag:
    def __init__(self, number, content):
        self.number = number
        self.content = content


def read(payload):
    value = cbor2.loads(payload)
    # Nothing behind it: what was read has no other bytes.
    try:
        cbor2.loads(payload[:-1])
    except Exception:
        return value
    raise Refused("bytes behind the item")


def plain(item):
    """The item as cbor2 takes it."""
    if isinstance(item, Map):
        return {tuple(key) if isinstance(key, list) else key: plain(value) for key, value in item}
    if isinstance(item, list):
        return [plain(element) for element in item]
    if isinstance(item, Tag):
        return cbor2.CBORTag(item.number, plain(item.content))
    return item


def write(item, rng):
    if rng.random() < 0.3:
        return cbor2.dumps(plain(item), canonical=rng.random() < 0.5)
    return oddly(item, rng)


def head(major, argument, rng):
    """A head, mostly the shortest."""
    widths = [width for width in (0, 1, 2, 4, 8) if argument < (24 if width == 0 else 1 << 8 * width)]
    width = widths[0] if rng.random() < 0.7 else rng.choice(widths)
    if width == 0:
        return bytes([major << 5 | argument])
    return bytes([major << 5 | {1: 24, 2: 25, 4: 26, 8: 27}[width]]) + argument.to_bytes(width, "big")


def string(major, pieces, rng):
    """A string, also of pieces."""
    whole = b"".join(pieces)
    if rng.random() < 0.8:
        return head(major, len(whole), rng) + whole
    cut = rng.randint(0, len(pieces))
    parts = [b"".join(pieces[:cut]), b"".join(pieces[cut:])][: rng.choice([2, 2, 1]) if cut == len(pieces) else 2]
    chunks = b"".join(head(major, len(part), rng) + part for part in parts)
    return bytes([major << 5 | 31]) + chunks + b"\xff"


def number(value, rng):
    """A Float in any width that is exact."""
    if value != value:
        return rng.choice([b"\xf9\x7e\x00", b"\xfa\x7f\xc0\x00\x00", b"\xfb\x7f\xf8" + bytes(6)])
    forms = [b"\xfb" + struct.pack(">d", value)]
    for first, code in ((b"\xfa", ">f"), (b"\xf9", ">e")):
        try:
            packed = struct.pack(code, value)
        except OverflowError:
            continue
        if bits_of(struct.unpack(code, packed)[0]) == bits_of(value):
            forms.append(first + packed)
    return rng.choice(forms)


def oddly(item, rng):
    definite = rng.random() < 0.6
    if isinstance(item, Map):
        content = b"".join(oddly(key, rng) + oddly(value, rng) for key, value in item)
        return head(5, len(item), rng) + content if definite else b"\xbf" + content + b"\xff"
    if isinstance(item, list):
        content = b"".join(oddly(element, rng) for element in item)
        return head(4, len(item), rng) + content if definite else b"\x9f" + content + b"\xff"
    if isinstance(item, Tag):
        return head(6, item.number, rng) + oddly(item.content, rng)
    if item is None or isinstance(item, bool):
        return {None: b"\xf6", True: b"\xf5", False: b"\xf4"}[item]
    if isinstance(item, int):
        return head(0, item, rng) if item >= 0 else head(1, -1 - item, rng)
    if isinstance(item, float):
        return number(item, rng)
    if isinstance(item, str):
        return string(3, [character.encode() for character in item], rng)
    return string(2, [bytes([byte]) for byte in item], rng)


def decimal_fraction(number):
    """A Float as tag 4, unless it is a large integer: that is that integer or nothing."""
    decimal = Decimal(repr(number))
    sign, digits, exponent = decimal.as_tuple()
    mantissa = int("".join(map(str, digits)))
    if exponent < 0 or Decimal(number) == decimal:
        return Tag(4, [exponent, -mantissa if sign else mantissa])
    return number


def seconds(number, rng):
    """A time of SenML."""
    if rng.random() < 0.3 and number != 0:
        return decimal_fraction(number)
    if rng.random() < 0.5 and number == int(number):
        return int(number)
    return number


def value(record, rng):
    """The value of a record in one of the forms that its type has."""
    found = record.value
    if record.type == "time" and rng.random() < 0.3:
        return Tag(1, found)
    if record.type == "float" and found == found and abs(found) != float("inf"):
        if rng.random() < 0.2 and found != 0:
            return decimal_fraction(found)
        if rng.random() < 0.2 and found == int(found) and abs(found) < 2**63 and bits_of(found) != bits_of(-0.0):
            return int(found)
    if record.type in ("integer", "unsigned") and rng.random() < 0.2 and int(float(found)) == found:
        return float(found)
    return found
