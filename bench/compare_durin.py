"""From a time-of-flight frame to the wheel command: the Python package `durin` beside Livespike's client.

    python3 -m venv venv && venv/bin/pip install durin==0.0.84
    go build -o latency ./bench/latency
    venv/bin/python bench/compare_durin.py ./latency [FRAMES]

Both clients are measured by the same robot (bench/latency), in turns, on the loopback: the same frames, 20 ms apart,
the same two neurons. With --client it is the Python client that is measured.
"""

import json
import os
import signal
import subprocess
import sys


def client():
    import numpy as np
    from durin import Durin
    from durin.actuator import MoveWheels

    signal.signal(signal.SIGINT, signal.default_int_handler)  # it is ignored in what a shell runs in the background
    v, i = np.zeros(2), np.zeros(2)
    last = 0
    with Durin("127.0.0.1") as durin:
        while True:
            obs, _, _ = durin.read()
            mm = obs.tof[6, 3, 3]
            if mm == last:
                continue  # the package has no way to wait for news
            last = mm
            v += 0.1 * (i - v)
            i = 0.8 * i + 1 - np.tanh(np.array([obs.tof[1, 3, 3], mm]) / 1000)
            w = mm + 1e-3 * v.sum()
            durin(MoveWheels(w, w, w, w))


def main():
    latency = sys.argv[1]
    frames = sys.argv[2] if len(sys.argv) > 2 else "300"
    env = dict(os.environ, PYGAME_HIDE_SUPPORT_PROMPT="1")
    clients = {
        "Python durin": [sys.executable, __file__, "--client"],
        "Livespike": [latency, "-client"],
    }
    results = {name: [] for name in clients}
    for _ in range(3):
        for name, command in clients.items():
            run = subprocess.run(
                [latency, "-every", "20ms", "-n", frames, *command], env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
            )
            results[name].append(json.loads(run.stdout))
    print(f"{'client':<14} {'run':>3} {'n':>5} {'unanswered':>10} {'p50 us':>9} {'p90 us':>9} {'p99 us':>9} {'max us':>9}")
    for name, runs in results.items():
        for k, r in enumerate(runs):
            print(f"{name:<14} {k + 1:>3} {r['n']:>5} {r['unanswered']:>10} {r['p50_us']:>9.0f} {r['p90_us']:>9.0f} {r['p99_us']:>9.0f} {r['max_us']:>9.0f}")
    for q in ["p50_us", "p99_us"]:
        best = {name: min(r[q] for r in runs) for name, runs in results.items()}
        print(f"{q[:3]}, best of the runs: Python / Livespike = {best['Python durin'] / best['Livespike']:.1f}")


if __name__ == "__main__":
    client() if "--client" in sys.argv else main()
