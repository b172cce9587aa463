"""TLV (LwM2M Core 1.2, section 7.4.3)."""

import struct

from record import Refused, bits_of, check_value

INSTANCE, RESOURCE_INSTANCE, MULTIPLE, RESOURCE = range(4)
DEPTHS = {INSTANCE: 2, MULTIPLE: 3, RESOURCE: 3, RESOURCE_INSTANCE: 4}


def entries(payload):
    at = 0
    while at < len(payload):
        first = payload[at]
        id_end = at + (3 if first & 0x20 else 2)
        id = int.from_bytes(payload[at + 1 : id_end], "big")
        value_start = id_end + (first >> 3 & 3)
        length = int.from_bytes(payload[id_end:value_start], "big") if first >> 3 & 3 else first & 7
        at = value_start + length
        if at > len(payload):
            raise Refused("too short")
        yield first >> 6, id, payload[value_start:at]


def flatten(payload, path):
    """Values, and containers that have none."""
    for kind, id, value in entries(payload):
        # Create: resources of an instance that has no number yet.
        place = path + (65535,) if len(path) == 1 and kind in (MULTIPLE, RESOURCE) else path
        # The target's own entry may be there.
        ids = place + (id,) if len(place) < DEPTHS[kind] else place
        if len(ids) != DEPTHS[kind] or ids[-1] != id:
            raise Refused(f"{kind} {id} in {path}")
        if kind in (INSTANCE, MULTIPLE):
            if not value:
                yield ids, None
            yield from flatten(value, ids)
        else:
            yield ids, value


def value(record, data):
    match record.type:
        case "integer" | "time":
            return int.from_bytes(data, "big", signed=True)
        case "unsigned":
            return int.from_bytes(data, "big")
        case "float":
            return struct.unpack({4: ">f", 8: ">d"}[len(data)], data)[0]
        case "boolean":
            return {b"\0": False, b"\1": True}[data]
        case "objlnk":
            return "%d:%d" % struct.unpack(">HH", data)
        case "opaque":
            return data
    return data.decode()


def check(payload, target, records):
    found = dict(flatten(payload, target)) if payload or len(target) < 2 else {target: None}
    for record in records:
        data = found.pop(record.ids, Ellipsis)
        if data is Ellipsis or (data is None) != (record.type == "container"):
            raise Refused(f"{record.name()}: {data!r}")
        if data is not None:
            check_value(record, value(record, data))
    if found:
        raise Refused(f"too much: {found}")


def data(record, rng):
    found = record.value
    match record.type:
        case "integer" | "time" | "unsigned":
            signed = record.type != "unsigned"
            for width in rng.choice([(1, 2, 4, 8), (2, 4, 8), (4, 8), (8,)]):
                try:
                    return found.to_bytes(width, "big", signed=signed)
                except OverflowError:
                    continue
        case "float":
            try:
                narrow = struct.pack(">f", found)
                if rng.random() < 0.5 and bits_of(struct.unpack(">f", narrow)[0]) == bits_of(found):
                    return narrow
            except OverflowError:
                pass
            return struct.pack(">d", found)
        case "boolean":
            return bytes([found])
        case "objlnk":
            return struct.pack(">HH", *map(int, found.split(":")))
        case "opaque":
            return found
    return found.encode()


def entry(kind, id, content, rng):
    """An entry, its identifier and its length mostly as short as they can be."""
    id_width = 2 if id > 255 or rng.random() < 0.1 else 1
    widths = [width for width in (0, 1, 2, 3) if len(content) < (8 if width == 0 else 1 << 8 * width)]
    width = widths[0] if rng.random() < 0.8 else rng.choice(widths)
    inline, length = (len(content), b"") if width == 0 else (0, len(content).to_bytes(width, "big"))
    first = kind << 6 | (id_width - 1) << 5 | width << 3 | inline
    return bytes([first]) + id.to_bytes(id_width, "big") + length + content


def write(target, records, rng):
    return write_below(target, [record for record in records if record.ids != target or len(target) > 2], rng)


def write_below(path, records, rng):
    """The entries below a path in any order."""
    by_id = {}
    for record in records:
        ids = record.ids
        if len(ids) == len(path):
            kind = RESOURCE if len(ids) == 3 else RESOURCE_INSTANCE
            kind = MULTIPLE if record.type == "container" else kind
            return entry(kind, ids[-1], b"" if kind == MULTIPLE else data(record, rng), rng)
        by_id.setdefault(ids[len(path)], []).append(record)
    written = b""
    for id, below in rng.sample(list(by_id.items()), len(by_id)):
        here = path + (id,)
        leaf = below[0] if len(below) == 1 and below[0].ids == here else None
        if len(here) == 2 and id == 65535:
            written += write_below(here, below, rng)
        elif leaf and leaf.type == "container":
            written += entry(INSTANCE if len(here) == 2 else MULTIPLE, id, b"", rng)
        elif leaf:
            written += entry(RESOURCE if len(here) == 3 else RESOURCE_INSTANCE, id, data(leaf, rng), rng)
        else:
            kind = INSTANCE if len(here) == 2 else MULTIPLE
            written += entry(kind, id, write_below(here, below, rng), rng)
    return written
