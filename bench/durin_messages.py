"""Random messages of the robot's protocol, as the Python package's own Cap'n Proto library writes them.

    python3 -m venv venv && venv/bin/pip install durin==0.0.84
    venv/bin/python bench/durin_messages.py SEED FOLDER
    LIVESPIKE_GOLDEN_DURIN=FOLDER go test ./io/durin/wire -run Conformance -v

FOLDER is a copy of io/durin/wire/testdata, made by this script, whose all_messages.json holds 40 times as many messages:
the fields of each are drawn anew, extremes, empty lists and long texts among them.
"""

import copy
import importlib.util
import json
import pathlib
import random
import shutil
import struct
import sys
import warnings

import capnp

TEXT = "abc åø日 0"
SIZES = {"id": 8, "nodeId": 8, "index": 8, "ledR": 8, "ledG": 8, "ledB": 8, "batteryPercent": 8, "batteryDischarge": 8,
         "port": 16, "periodMs": 16, "batteryMv": 16, "distanceMm": 32, "flags": 32, "uptimeMs": 32}
REPEAT, PAYLOAD, UNPACKED = 40, 4095, 8000


class Draw:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def unsigned(self, bits):
        return self.random.choice([0, 1, 255, 2**bits - 1, self.random.randrange(2**bits)])

    def signed(self, bits):
        half = 2 ** (bits - 1)
        return self.random.choice([0, 1, -1, 255, -256 if bits > 8 else -1, half - 1, -half, self.random.randrange(-half, half)])

    def length(self, *of):
        return self.random.choice(of)

    def like(self, value, key=""):
        """A value of the kind that a field has in the files."""
        r = self.random
        if isinstance(value, bool):
            return r.random() < 0.5
        if value is None or key == "resolution":
            return value
        if key == "purpose":
            return r.choice(["origin", "x", "y", "z", "repeater", "passive", "user"])
        if key == "data":
            return bytes(r.choice([0, 0, 0, r.randrange(256)]) for _ in range(self.length(0, 1, 8, 1024, 3000))).hex()
        if isinstance(value, str):
            return "".join(r.choice(TEXT) for _ in range(self.length(0, 1, 6, 7, 8, 9, 40, 700)))
        if isinstance(value, int):
            if key in ("x", "y", "z"):
                return self.signed(32)
            return self.unsigned(SIZES[key]) if key in SIZES else self.signed(16)
        if key in ("ids", "ip"):
            return [self.unsigned(8) for _ in range(self.length(0, 1, 4, 8, 20) if key == "ids" else self.length(4, 4, 4, 0, 6))]
        if key == "ranges":
            return [r.choice([0, 0, self.unsigned(16)]) for _ in range(self.length(0, 16, 63, 64))]
        if isinstance(value, list):
            return [self.like(value[0]) for _ in range(self.length(0, 1, 2, 5))] if value else []
        return {k: self.like(v, k) for k, v in value.items()}


def fill(into, fields):
    for key, value in fields.items():
        if isinstance(value, dict):
            fill(into.init(key), value)
        elif key == "data":
            setattr(into, key, bytes.fromhex(value))
        elif isinstance(value, list):
            entries = into.init(key, len(value))
            for i, entry in enumerate(value):
                if isinstance(entry, dict):
                    fill(entries[i], entry)
                else:
                    entries[i] = entry
        else:
            setattr(into, key, value)


def frame(payload):
    b = b"*" + struct.pack("<H", len(payload)) + payload
    check = 0
    for c in b:
        check ^= c
    return b + bytes([check])


def main():
    seed, folder = int(sys.argv[1]), pathlib.Path(sys.argv[2])
    warnings.simplefilter("ignore")  # pycapnp's, of messages that are written twice: packed and unpacked
    capnp.remove_import_hook()
    package = pathlib.Path(importlib.util.find_spec("durin").origin).parent
    schema = capnp.load(str(package / "io" / "schema.capnp"))
    here = pathlib.Path(__file__).parent.parent / "io" / "durin" / "wire" / "testdata"
    folder.mkdir(parents=True, exist_ok=True)
    for file in here.glob("*.json"):
        shutil.copyfile(file, folder / file.name)
    messages = json.load(open(folder / "all_messages.json"))
    draw, cases = Draw(seed), []
    for _ in range(REPEAT):
        for case in messages["messages"]:
            fields = draw.like(copy.deepcopy(case["fields"]))
            m = schema.DurinBase.new_message()
            fill(m.init(case["which"]), fields)
            unpacked, payload = m.to_bytes(), m.to_bytes_packed()
            if len(payload) > PAYLOAD or len(unpacked) > UNPACKED:
                continue  # no frame holds it
            cases.append(dict(case, fields=fields, unpacked_hex=unpacked.hex(), payload_hex=payload.hex(), frame_hex=frame(payload).hex()))
    messages["messages"] = cases
    with open(folder / "all_messages.json", "w") as out:
        json.dump(messages, out)
    print(f"{len(cases)} messages in {folder}")


if __name__ == "__main__":
    main()
