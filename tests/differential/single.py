"""Payloads that are one value: text and CBOR."""

import base64

import cbor
from record import check_value


def check_cbor(payload, record):
    check_value(record, cbor.read(payload))


def write_cbor(record, rng):
    return cbor.write(cbor.value(record, rng), rng)


def check_text(payload, record):
    text = payload.decode()
    match record.type:
        case "integer" | "unsigned" | "time":
            found = int(text)
        case "float":
            found = float(text)
        case "boolean":
            found = {"0": False, "1": True}[text]
        case "opaque":
            found = base64.b64decode(text, validate=True)
        case _:
            found = text
    check_value(record, found)


def write_text(record, _):
    match record.type:
        case "boolean":
            return b"1" if record.value else b"0"
        case "opaque":
            return base64.b64encode(record.value)
        case "float":
            return repr(record.value).encode()
    return str(record.value).encode()
