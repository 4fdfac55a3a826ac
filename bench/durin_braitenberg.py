"""The Python package `durin` drives a simulated robot: the talk's Braitenberg loop.

    python3 -m venv venv && venv/bin/pip install durin==0.0.84
    go build ./cmd/snnrepl
    venv/bin/python bench/durin_braitenberg.py ./snnrepl [SECONDS]

It starts `snnrepl sim durin` with a log, drives for some seconds with the loop of durin/examples/braitenberg.py (two
leaky integrators, in numpy) and then checks every 8x8 tile that the package has shown against the log of what the
simulated sensors measured. Exit status 0 if all are and the robot has driven.
"""

import json
import subprocess
import sys
import tempfile
import time

import numpy as np
from durin import Durin
from durin.actuator import EnableTofStatus, GetSystemInfo, MoveWheels


class LI:
    """Two leaky integrators with the talk's constants."""

    def __init__(self):
        self.v = np.zeros(2)
        self.i = np.zeros(2)

    def __call__(self, x):
        self.v += 0.1 * (self.i - self.v)
        self.i = 0.8 * self.i + x
        return self.v


def is_torn(tile, measured):
    """Whether a tile is partly of one frame and partly of the next.

    The package shares its arrays between processes without a lock: values change while they are being read.
    """
    return any(np.all((tile == a) | (tile == b)) for a, b in zip(measured, measured[1:]))


def main():
    snnrepl = sys.argv[1]
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 10
    log = tempfile.NamedTemporaryFile(suffix=".jsonl")
    # With the sensors' noise, so that no two tiles are equal by chance.
    robot = subprocess.Popen(
        [snnrepl, "sim", "durin", "--world", "arena", "--seed", "1", "--log", log.name], stdout=subprocess.PIPE, text=True
    )
    print(robot.stdout.readline().strip())
    tiles = [dict() for _ in range(8)]  # by sensor: the bytes of each tile seen, and how often
    replies = 0
    network = LI()
    try:
        with Durin("127.0.0.1") as durin:
            durin(EnableTofStatus(True))
            durin(GetSystemInfo())
            loops, began = 0, time.time()
            while time.time() < began + seconds:
                obs, _, reply = durin.read()
                loops += 1
                if reply is not None:
                    replies += 1
                    if reply.which() == "systemInfo":
                        print("system info:", reply.systemInfo.hostname, reply.systemInfo.ip, reply.systemInfo.id)
                tof = obs.tof.copy()
                if not tof.any():
                    time.sleep(0.01)
                    continue  # nothing has come yet: 0 mm would mean contact
                for sensor in range(8):
                    tiles[sensor][tof[sensor].astype(int).tobytes()] = True
                near = 1 - np.tanh(np.array([tof[1, 3, 3] or 4000, tof[6, 3, 3] or 4000]) / 1000)
                left, right = network(near) * 100
                # North-east, north-west, … of the talk are front right, front left, back left, back right of today.
                durin(MoveWheels(right, left, right, left))
                time.sleep(1 / 15)
            durin(MoveWheels(0, 0, 0, 0))
            time.sleep(0.3)
    finally:
        robot.terminate()
        print(robot.stdout.read().strip())
        robot.wait()
    frames = [json.loads(line) for line in open(log.name)]
    measured = [[np.array(frame["tof"][sensor]) for frame in frames] for sensor in range(8)]
    seen, equal, torn = 0, 0, 0
    for sensor in range(8):
        whole = {tile.tobytes() for tile in measured[sensor]} | {np.zeros(64, dtype=int).tobytes()}
        for tile in tiles[sensor]:
            seen += 1
            if tile in whole:
                equal += 1
            elif is_torn(np.frombuffer(tile, dtype=int), measured[sensor]):
                torn += 1
    far = max(((f["x"] - frames[0]["x"]) ** 2 + (f["y"] - frames[0]["y"]) ** 2) ** 0.5 for f in frames)
    print(f"{loops} loops, {replies} replies, {len(frames)} frames measured; {seen} different tiles seen by Python: {equal} equal to what was measured, {torn} torn between two frames, {seen - equal - torn} wrong")
    print(f"the robot got {far:.0f} mm away from its start")
    if seen < 80 or equal + torn != seen or far < 100:
        sys.exit(1)


if __name__ == "__main__":
    main()
