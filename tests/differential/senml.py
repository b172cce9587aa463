"""SenML (RFC 8428, RFC 8790) in JSON and in CBOR, and the JSON of LwM2M 1.0, which is built alike."""

import base64
import json
import math
from decimal import Decimal

import cbor
from record import Refused, check_value, split_name

LABELS = {"bver": -1, "bn": -2, "bt": -3, "bu": -4, "bv": -5, "bs": -6, "n": 0, "u": 1, "v": 2, "vs": 3, "vb": 4,
          "s": 5, "t": 6, "ut": 7, "vd": 8, "vlo": "vlo"}
NAMES = {number: name for name, number in LABELS.items()}
VALUES = {"v", "vs", "vb", "vd", "vlo"}


# Reading.

def integer(text):
    return -0.0 if text == "-0" else int(text)


def unique(pairs):
    if len(dict(pairs)) != len(pairs):
        raise Refused("a member occurs twice")
    return dict(pairs)


def loads(payload):
    return json.loads(payload.decode(), parse_int=integer, object_pairs_hook=unique)


def unpad(text):
    if "=" in text or "+" in text or "/" in text:
        raise Refused(f"not base64url without padding: {text}")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def maps_of_json(payload):
    maps = loads(payload)
    return [{label: unpad(value) if label == "vd" else value for label, value in map.items()} for map in maps]


def maps_of_cbor(payload):
    return [{NAMES[label]: value for label, value in map.items()} for map in cbor.read(payload)]


def maps_of_lwm2m_json(payload):
    """The pack as SenML: members around the entries become those of the first record."""
    pack = loads(payload)
    renamed = {"n": "n", "t": "t", "v": "v", "bv": "vb", "sv": "vs", "ov": "vlo"}
    maps = [{renamed[label]: value for label, value in entry.items()} for entry in pack.pop("e")]
    if maps:
        maps[0] |= pack
    return maps


def resolve(maps):
    """The records of a pack, as (prefix, ids, time) and value; of a path list without."""
    base_name, base_time, base_value = "", None, None
    for map in maps:
        if map.get("bver", 10) != 10:
            raise Refused("version")
        base_name = map.get("bn", base_name)
        base_time = map.get("bt", base_time)
        base_value = map.get("bv", base_value)
        prefix, ids = split_name(base_name + map.get("n", ""))
        time = None
        if base_time is not None or "t" in map:
            time = float((base_time or 0.0) + map.get("t", 0.0))
        values = VALUES & map.keys()
        if len(values) > 1:
            raise Refused("several values")
        value = map[values.pop()] if values else Ellipsis
        if base_value is not None and type(value) in (int, float):
            value += base_value
        yield (prefix, ids, time), value


def check(maps, records, lwm2m_json=False):
    found = {}
    for key, value in resolve(maps):
        if key in found:
            raise Refused(f"{key} occurs twice")
        found[key] = value
    for record in records:
        if record.key() not in found:
            raise Refused(f"{record.key()} is missing in {found.keys()}")
        value = found.pop(record.key())
        if lwm2m_json and record.type == "opaque":
            value = base64.b64decode(value, validate=True)
        if record.type == "path":
            if value is not Ellipsis:
                raise Refused("a value in a list of paths")
        else:
            check_value(record, value)
    if found:
        raise Refused(f"too much: {found}")


# Writing.

def label(record):
    return {"string": "vs", "corelnk": "vs", "boolean": "vb", "opaque": "vd", "objlnk": "vlo"}.get(record.type, "v")


def build(records, rng, value, bases):
    """Maps with names cut in odd places, times of a moving base, values of another; `bases` are those of each record."""
    maps, base_name, base_time, base_value = [], None, None, None
    is_timed = bool(records) and all(record.time is not None for record in records)
    # With a base value everything that is a number is a sum, so it must be exact.
    may_sum = (
        bases == "each"
        and all(record.type not in ("float", "path") for record in records)
        and rng.random() < 0.2
    )
    for index, record in enumerate(records):
        map, name = {}, record.name()
        may_change = bases == "each" or index == 0
        if may_change and (rng.random() < 0.3 or base_name is not None and not name.startswith(base_name)):
            common = name if bases == "each" else common_start([record.name() for record in records])
            base_name = common[: rng.randint(1, max(len(common), 1))]
            map["bn"] = base_name
        rest = name.removeprefix(base_name or "")
        if rest or rng.random() < 0.1:
            map["n"] = rest
        if is_timed:
            if may_change and rng.random() < 0.4:
                base_time = float(math.floor(record.time)) + rng.choice([0, 0, 1, -60])
                if bases == "all" or base_time + (record.time - base_time) != record.time:
                    base_time = 0.0 if bases == "each" else record.time
                map["bt"] = base_time
            time = record.time - (base_time or 0.0)
            if (base_time or 0.0) + time != record.time:
                if bases != "each":
                    return None
                base_time, time = 0.0, record.time
                map["bt"] = base_time
            if time != 0 or base_time is None or rng.random() < 0.1:
                map["t"] = time
        elif record.time is not None:
            map["t"] = record.time
        if may_sum and rng.random() < 0.3:
            base_value = rng.choice([0, 1, -1, 2**31, -(2**40)])
            map["bv"] = base_value
        if record.type == "none":
            map["v"] = None
        elif record.type != "path":
            content = value(record, rng)
            if base_value is not None and record.is_number():
                content = record.value - base_value
                if not -(2**63) <= content < 2**64:
                    return None
            map[label(record)] = content
        if bases == "each" and record.type not in ("path", "none"):
            map |= {extra: content for extra, content in EXTRAS if rng.random() < 0.05}
        maps.append(dict(rng.sample(list(map.items()), len(map))))
    return maps


EXTRAS = [("u", "Cel"), ("bu", "lx"), ("ut", 60), ("bver", 10), ("zz", "unknown")]


def common_start(names):
    shortest = min(names, key=len)
    for end in range(len(shortest), 0, -1):
        if all(name.startswith(shortest[:end]) for name in names):
            return shortest[:end]
    return ""


def write_cbor(records, rng):
    maps = build(rng.sample(records, len(records)), rng, cbor.value, "each")
    if maps is None:
        return None
    for map in maps:
        map |= {label: cbor.seconds(map[label], rng) for label in ("t", "bt") if label in map}
    return cbor.write([cbor.Map((LABELS.get(label, label), value) for label, value in map.items()) for map in maps], rng)


def padded(data, rng):
    text = rng.choice([base64.b64encode, base64.urlsafe_b64encode])(data).decode()
    return text if rng.random() < 0.5 else text.rstrip("=")


def json_value(record, rng):
    return padded(record.value, rng) if record.type == "opaque" else record.value


def lwm2m_json_value(record, rng):
    return base64.b64encode(record.value).decode() if record.type == "opaque" else record.value


def write_json(records, rng):
    maps = build(rng.sample(records, len(records)), rng, json_value, "each")
    return None if maps is None else dumps(maps, rng)


def write_lwm2m_json(records, rng):
    maps = build(records, rng, lwm2m_json_value, "all")
    if maps is None:
        return None
    bases = [(label, maps[0].pop(label)) for label in ("bn", "bt") if maps and label in maps[0]]
    renamed = {"vb": "bv", "vs": "sv", "vd": "sv", "vlo": "ov"}
    entries = [{renamed.get(label, label): value for label, value in map.items()} for map in maps]
    members = bases + [("e", entries)]
    return dumps(dict(rng.sample(members, len(members))), rng)


def dumps(item, rng):
    """JSON with blanks, escapes and numbers of any form."""
    blank = rng.choice(["", "", " ", "\n\t"])
    return text(item, rng, blank).encode()


def text(item, rng, blank):
    comma = blank + "," + blank
    if isinstance(item, dict):
        members = [text(name, rng, blank) + blank + ":" + blank + text(value, rng, blank) for name, value in item.items()]
        return "{" + blank + comma.join(members) + blank + "}"
    if isinstance(item, list):
        return "[" + blank + comma.join(text(element, rng, blank) for element in item) + blank + "]"
    if isinstance(item, str):
        return '"' + "".join(character(found, rng) for found in item) + '"'
    if type(item) in (int, float) and rng.random() < 0.2 and (item != 0 or type(item) is int):
        exponent = rng.randint(-3, 3)
        return f"{Decimal(repr(item)).scaleb(-exponent):f}{rng.choice('eE')}{exponent}"
    return json.dumps(item)


def character(found, rng):
    if rng.random() < 0.05:
        units = found.encode("utf-16-be")
        return "".join(f"\\u{units[at:at + 2].hex()}" for at in range(0, len(units), 2))
    if rng.random() < 0.1 and found == "/":
        return "\\/"
    return json.dumps(found, ensure_ascii=rng.random() < 0.2)[1:-1]
