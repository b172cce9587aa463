"""Reads what the project wrote, and writes the same for the project to read.

Shares no code with the project: CBOR is read by cbor2, JSON by Python's json, and the rest follows the
specifications. Started by `cargo test -p lwm2m-tests --test encoding differential`, which gives one case a line and
reads one payload a line.
"""

import collections
import json
import random
import sys

import lwm2m_cbor
import senml
import single
import tlv
from record import Record


def check(format, payload, target, records):
    match format:
        case "Text":
            single.check_text(payload, *records)
        case "Cbor":
            single.check_cbor(payload, *records)
        case "Tlv":
            tlv.check(payload, target, records)
        case "Lwm2mCbor":
            lwm2m_cbor.check(payload, records)
        case "Json":
            senml.check(senml.maps_of_lwm2m_json(payload), records, lwm2m_json=True)
        case "SenmlJson" | "SenmlEtchJson":
            senml.check(senml.maps_of_json(payload), records)
        case "SenmlCbor" | "SenmlEtchCbor":
            senml.check(senml.maps_of_cbor(payload), records)


def write(format, target, records, rng):
    match format:
        case "Text":
            return single.write_text(*records, rng)
        case "Cbor":
            return single.write_cbor(*records, rng)
        case "Tlv":
            return tlv.write(target, records, rng)
        case "Lwm2mCbor":
            return lwm2m_cbor.write(records, rng)
        case "Json":
            return senml.write_lwm2m_json(records, rng)
        case "SenmlJson" | "SenmlEtchJson":
            return senml.write_json(records, rng)
        case "SenmlCbor" | "SenmlEtchCbor":
            return senml.write_cbor(records, rng)


def main():
    rng = random.Random(int(sys.argv[1]))
    checked, written, failures = collections.Counter(), collections.Counter(), 0
    for line in sys.stdin:
        case = json.loads(line)
        format, target = case["format"], tuple(case["target"])
        records = [Record(record) for record in case["records"]]
        payload = bytes.fromhex(case["payload"])
        try:
            check(format, payload, target, records)
            checked[format] += 1
        except Exception as error:
            failures += 1
            print(f"{format} {target} {payload.hex()}: {error!r}", file=sys.stderr)
        for _ in range(3):
            payload = write(format, target, records, rng)
            # Some choices have no number that is exact.
            if payload is not None:
                written[format] += 1
                print(json.dumps({"case": case["case"], "payload": payload.hex()}))
    for format in checked:
        print(f"{format}: {checked[format]} payloads read, {written[format]} written", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
