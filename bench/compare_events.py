"""Readers of event recordings side by side: how fast, and whether right.

    python3 -m venv venv
    venv/bin/pip install numpy aestream==0.6.4 expelliarmus==1.1.12 faery==0.7.1 evlib==0.13.2 dv-processing==2.0.4
    go build -o events-bench ./bench/events && mkdir recordings && ./events-bench make recordings
    venv/bin/python bench/compare_events.py ./events-bench FILE…

Every reader decodes every file, in a process of its own, to arrays or batches of t, x, y, p; what a reader cannot open
is said. Speed is million events a second of processor time, the best of three, and as a part of memcpy beside it. Right
is the SHA-256 of all events as int64 t, uint16 x, uint16 y, uint8 p, held against an expected.json beside the file or, for
those that events-bench made, against what most readers have. faery counts the rows of .es from the top, and so is put
back.
"""

import contextlib
import hashlib
import io
import json
import os
import subprocess
import sys
import time

SIZE = (1280, 720)


def read_aestream(path):
    import aestream

    a = aestream.FileInput(path, SIZE).load()
    return a["timestamp"], a["x"], a["y"], a["polarity"]


def read_expelliarmus(path):
    from expelliarmus import Wizard

    encoding = {"dat": "dat", "raw": None}[path.rsplit(".", 1)[1]]
    if encoding is None:
        head = open(path, "rb").read(4096)
        encoding = "evt2" if b"evt 2.0" in head or b"EVT2" in head else "evt3"
    a = Wizard(encoding=encoding).read(path)
    return a["t"], a["x"], a["y"], a["p"]


def read_faery(path):
    import faery
    import numpy as np

    stream = faery.events_stream_from_file(path, dimensions_fallback=SIZE)
    parts = list(stream)
    a = np.concatenate(parts)
    y = stream.dimensions()[1] - 1 - a["y"] if path.endswith(".es") else a["y"]
    return a["t"], a["x"], y, a["on"]


def read_evlib(path):
    import evlib

    a = evlib.load_events(path, sort=False).collect()
    t = a["t"].dt.total_microseconds() if str(a["t"].dtype).startswith("Duration") else a["t"]
    return t.to_numpy(), a["x"].to_numpy(), a["y"].to_numpy(), a["polarity"].to_numpy()


def read_dv(path):
    import dv_processing as dv
    import numpy as np

    recording, parts = dv.io.MonoCameraRecording(path), []
    while True:
        batch = recording.getNextEventBatch()
        if batch is None:
            break
        parts.append(batch.numpy())
    a = np.concatenate(parts)
    return a["timestamp"], a["x"], a["y"], a["polarity"]


READERS = {
    "aestream": (read_aestream, "dat aedat4 raw csv txt"),
    "expelliarmus": (read_expelliarmus, "dat raw"),
    "faery": (read_faery, "dat aedat4 raw es csv"),
    "evlib": (read_evlib, "raw aedat4 csv txt"),
    "dv-processing": (read_dv, "aedat4"),
}


def child(name, path):
    import numpy as np

    src = np.arange(8 << 20, dtype=np.int64)
    dst = np.empty_like(src)
    np.copyto(dst, src)
    best, memcpy = 0.0, 0.0
    for _ in range(3):
        start = time.process_time()
        with contextlib.redirect_stdout(io.StringIO()):
            t, x, y, p = READERS[name][0](path)
        seconds = time.process_time() - start
        best = max(best, len(t) / max(seconds, 1e-9) / 1e6)
        start = time.process_time()
        np.copyto(dst, src)
        memcpy = max(memcpy, src.nbytes / (time.process_time() - start) / 1e9)
    r = np.zeros(len(t), [("t", "<i8"), ("x", "<u2"), ("y", "<u2"), ("p", "u1")])
    r["t"], r["x"], r["y"], r["p"] = t, x, y, np.asarray(p) > 0
    print(json.dumps({"events": len(t), "digest": hashlib.sha256(r.tobytes()).hexdigest(), "mev_s": best, "memcpy_gb_s": memcpy}))


def ask(command):
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=300)
    except subprocess.TimeoutExpired:
        return {"error": "more than 300 s"}
    lines = [line for line in run.stdout.splitlines() if line.startswith("{")]
    if run.returncode != 0 or not lines:
        said = (run.stderr.strip().splitlines() or [f"status {run.returncode}"])[-1]
        return {"error": said[:60]}
    return json.loads(lines[-1])


def main():
    if sys.argv[1] == "--child":
        return child(*sys.argv[2:])
    bench, files = sys.argv[1], sys.argv[2:]
    print(f"{'file':<26} {'reader':<14} {'Mev/s':>8} {'of memcpy':>9}  {'events':>9}  right")
    for path in files:
        results = {"livespike": ask([bench, "read", path])}
        for name, (_, extensions) in READERS.items():
            if path.rsplit(".", 1)[1] not in extensions.split():
                continue
            results[name] = ask([sys.executable, __file__, "--child", name, path])
        digests = [r["digest"] for r in results.values() if "digest" in r]
        truth = max(digests, key=digests.count)
        table = os.path.join(os.path.dirname(path), "expected.json")
        if os.path.exists(table):
            truth = json.load(open(table))[os.path.basename(path)].get("sha256_txyp", truth)
        for name, r in results.items():
            if "error" in r:
                print(f"{os.path.basename(path):<26} {name:<14} {'':>8} {'':>9}  {'':>9}  cannot: {r['error']}")
                continue
            bytes_an_event = os.path.getsize(path) / max(1, r["events"])
            part = r["mev_s"] * (bytes_an_event + 16) / (2e3 * r["memcpy_gb_s"])
            right = "yes" if r["digest"] == truth else "WRONG"
            speed = f"{r['mev_s']:>8.1f} {part:>9.3f}" if r["events"] >= 50_000 else f"{'':>8} {'':>9}"
            print(f"{os.path.basename(path):<26} {name:<14} {speed}  {r['events']:>9}  {right}", flush=True)


if __name__ == "__main__":
    main()
