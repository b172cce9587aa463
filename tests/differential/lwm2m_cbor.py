"""LwM2M CBOR: maps in maps, whose keys are identifiers or arrays of them."""

import cbor
from record import Refused, check_value


def flatten(item, key=()):
    if not isinstance(item, dict):
        yield key, item
        return
    for part, content in item.items():
        yield from flatten(content, key + (part if isinstance(part, tuple) else (part,)))


def check(payload, records):
    found = {}
    for key, value in flatten(cbor.read(payload)):
        prefix, ids = (key[0], key[1:]) if key and isinstance(key[0], str) else ("", key)
        if (prefix, ids) in found or not all(type(id) is int and 0 <= id < 65536 for id in ids):
            raise Refused(f"{key}")
        found[prefix, ids] = value
    # An empty map is found as a map; there is nothing in it.
    for record in records:
        check_value(record, found.pop((record.prefix, record.ids), Ellipsis))
    if found:
        raise Refused(f"too much: {found}")


def write(records, rng):
    paths = [(((record.prefix,) if record.prefix else ()) + record.ids, record) for record in records]
    return cbor.write(group(rng.sample(paths, len(paths)), rng), rng)


def group(paths, rng):
    """A map whose keys take one identifier or more."""
    entries = cbor.Map()
    while paths:
        path, record = paths[0]
        length = rng.choice([1, 1, 2, 3, len(path)])
        key = path[: min(length, len(path))]
        if len(key) == len(path):
            entries.append((as_key(key, rng), cbor.value(record, rng)))
            paths = paths[1:]
        else:
            below = [(path[len(key):], record) for path, record in paths if path[: len(key)] == key]
            paths = [(path, record) for path, record in paths if path[: len(key)] != key]
            entries.append((as_key(key, rng), group(below, rng)))
    return entries


def as_key(ids, rng):
    return ids[0] if len(ids) == 1 and rng.random() < 0.8 else list(ids)
