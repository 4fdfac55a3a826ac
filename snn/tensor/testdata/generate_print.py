"""Writes print.json: what PyTorch prints for float32 tensors.

Run with the versions named in README.md:  python3 generate_print.py > print.json
"""

import base64
import json

import numpy as np
import torch

inf, nan = float("inf"), float("nan")
rng = np.random.default_rng(1)
cases = []


def case(name, values, requires_grad=False):
    a = np.asarray(values, dtype="<f4")
    t = torch.from_numpy(a.copy()).requires_grad_(requires_grad)
    c = {"name": name, "shape": list(a.shape), "data": base64.b64encode(a.tobytes()).decode(), "text": repr(t)}
    if requires_grad:
        c["requires_grad"] = True
    cases.append(c)


# Without axes.
for v in [0.0, -0.0, 1, -1, 0.5, -0.25, 3.14159265, 1e-4, 9.9e-5, 99999999, 1e8, 1.0001e8, 1e9, 1e30, 1e-30, 1e-45,
          16777216, 16777217, 123456.789, 999.99999, inf, -inf, nan]:
    case(f"scalar {v}", v)

# Without elements.
for shape in [(0,), (0, 3), (3, 0), (2, 0, 3), (0, 0), (1, 0)]:
    case(f"empty {shape}", np.zeros(shape))

# One axis: the choice between 0., fixed and scientific.
for name, v in {
    "zeros": [0, 0, 0], "negative zero": [-0.0, 0.0], "integers": [1, 2, 3], "mixed sign integers": [-1, 20, -300],
    "zero and integers": [0, 1000], "one": [1], "decimals": [0.1, 0.25, -0.5], "rounding": [0.00005, 0.12345, 2.00005],
    "range 1000": [1, 1000], "range above 1000": [1, 1001], "range 1000 decimals": [0.5, 500], "above": [0.5, 500.5],
    "small": [1e-4, 2e-4], "smaller": [9e-5, 2e-4], "big integers": [1e8, 1e8], "bigger": [1.1e8, 2e8],
    "nan": [nan, 1, 2], "inf": [inf, -inf, 1], "inf and decimals": [inf, 0.5, -inf, nan], "only inf": [inf, inf],
    "only -inf": [-inf, inf], "only nan": [nan, nan], "nan and zero": [nan, 0], "inf and zeros": [-inf, 0, 0],
    "nan and big": [nan, 123456], "sci with nan": [nan, 1e-9, inf], "sci with zero": [0, 1e-9], "sci negative": [-1e-9, 1e9],
    "sci integers": [1, 1e6], "three digit exponents are not float32": [1e-38, 1e38], "denormal": [1e-45, 1e-44],
    "talk": [0.1, 0.8], "voltages": [-0.07, -0.065, 0.03], "almost integers": [1.00001, 2],
    "half to even": [0.5, 1.5, 2.5], "digits": [0.00015, 0.00025, 0.00035],
}.items():
    case(name, v)

# Line width: one axis of n elements of several widths.
for n in [7, 8, 9, 10, 11, 18, 19, 20, 24, 25, 26, 100]:
    case(f"wrap ones {n}", np.ones(n))
    case(f"wrap decimals {n}", rng.random(n))
    case(f"wrap negative {n}", -rng.random(n))
    case(f"wrap scientific {n}", rng.random(n) * 10.0 ** rng.integers(-9, 9, n))
for n in [1, 2, 30, 77, 78, 79, 80]:
    case(f"wide {n}", np.full(n, 3.0e37 if n % 2 else 12345678))

# More axes.
for shape in [(1, 1), (1, 3), (3, 1), (2, 3), (2, 3, 4), (1, 1, 1), (2, 1, 3, 2), (1, 2, 1, 2, 2), (2, 30), (3, 2, 26)]:
    case(f"integers {shape}", rng.integers(-5, 100, shape))
    case(f"decimals {shape}", rng.standard_normal(shape))
case("nan in a matrix", [[1, nan], [inf, 2]])
case("spikes", rng.random((4, 12)) < 0.3)

# Summarised above 1000 elements; the format comes from the shown ones only.
for shape in [(1000,), (1001,), (40, 25), (40, 26), (7, 143), (6, 200), (200, 6), (2, 3, 200), (10, 10, 11),
              (7, 7, 3, 7), (1, 1001), (1001, 1), (3, 400), (480, 640), (2, 7, 7, 20)]:
    case(f"integers {shape}", rng.integers(-5, 100, shape)) if np.prod(shape) < 2000 else None
    case(f"ramp {shape}", np.arange(np.prod(shape)).reshape(shape)) if np.prod(shape) < 2000 else None
    case(f"zeros {shape}", np.zeros(shape)) if np.prod(shape) < 5001 else None
hidden = np.ones(1200)
hidden[600] = 0.5
case("hidden decimal", hidden)
hidden[600] = 1e20
case("hidden large", hidden)
hidden[0] = nan
case("hidden large and a nan", hidden)

# Leaves that record gradients say so.
for name, v in {"scalar": 1.5, "vector": [1, 2, 3], "matrix": [[1, 2.5], [3, 4]], "empty": np.zeros((0, 2)),
                "13": np.ones(13), "14": np.ones(14), "15": np.ones(15), "16": np.ones(16), "17": np.ones(17), "18": np.ones(18),
                "20": np.ones(20), "long": np.ones(1001)}.items():
    case(f"requires_grad {name}", v, requires_grad=True)

print(f'{{"numpy": "{np.__version__}", "torch": "{torch.__version__}", "cases": [')
print(",\n".join(json.dumps(c) for c in cases) + "\n]}")
