"""Writes ops.json: results of NumPy (and PyTorch where NumPy has no such function) in float32.

Run with the versions named in README.md:  python3 generate_ops.py > ops.json

A case is an operation by its Go name, tensors, numbers, and the result. Class "exact" means equal bits; "ulp" means
that the last few bits of a transcendental function differ between libraries; "sum" that the order of a sum does.
"""

import base64
import json
import os

os.environ["ATEN_CPU_CAPABILITY"] = "default"  # PyTorch's scalar code: its vector code fuses multiply and add in linspace

import numpy as np
import torch

f32 = np.float32
rng = np.random.default_rng(2)
np.seterr(all="ignore")
cases = []


def array(a):
    a = np.asarray(a)
    assert a.dtype == f32, a.dtype
    return {"shape": list(a.shape), "data": base64.b64encode(a.astype("<f4").tobytes()).decode()}


def case(op, tensors, numbers, result, cls="exact"):
    if isinstance(result, torch.Tensor):
        result = result.numpy()
    cases.append({"op": op, "in": [array(x) for x in tensors], "num": [float(n) for n in numbers],
                  "class": cls, "out": array(result)})


def randn(*shape):
    return rng.standard_normal(shape).astype(f32)


inf, nan = np.inf, np.nan
special = np.array([0, -0.0, 1, -1, 0.5, 3, 1e-45, 1e-38, 3e38, -3e38, inf, -inf, nan, 1e8, 16777217, 0.1], f32)

# Arithmetic of two tensors, with broadcasting.
binary = {
    "Add": np.add, "Sub": np.subtract, "Mul": np.multiply, "Div": np.divide, "Maximum": np.maximum, "Minimum": np.minimum,
    "Gt": np.greater, "Ge": np.greater_equal, "Lt": np.less, "Le": np.less_equal, "Eq": np.equal,
}
shapes = [((3,), (3,)), ((2, 3), (3,)), ((3,), (2, 3)), ((2, 1), (1, 3)), ((2, 1), (3,)), ((3,), ()), ((), (2, 2)), ((), ()),
          ((4, 1, 3), (2, 1)), ((0, 3), (3,)), ((1,), (0,)), ((0,), ()), ((2, 3, 4), (3, 4)), ((2, 3, 4), (4,)),
          ((2, 3, 4), (2, 1, 1)), ((2, 3, 4), (2, 1, 4)), ((1, 1, 1), (2, 3)), ((2, 1, 3, 1), (5, 1, 2)), ((1,), (1, 1))]
for op, f in binary.items():
    for a, b in shapes:
        x, y = np.round(randn(*a), 1), np.round(randn(*b), 1)
        case(op, [x, y], [], f(x, y).astype(f32))
    # np.maximum of 0 and -0 is either of them; leave the pair out.
    for row in special:
        other = special
        if op in ("Maximum", "Minimum"):
            row, other = abs(row), np.abs(special)
        case(op, [np.array(row), other], [], f(np.array(row), other).astype(f32))
    for number in [2, -0.1, 0, 1e-3, 1 / 3]:
        x = randn(2, 3)
        case(op, [x], [number], f(x, f32(number)).astype(f32))
for number in [2, 0.5, -1, 3, 0, 2.5]:
    x = np.abs(randn(2, 3))
    case("Pow", [x], [number], x ** f32(number), "ulp")
case("Pow", [special, special[::-1].copy()], [], special ** special[::-1], "ulp")
a, b = np.abs(randn(2, 1)), randn(3)
case("Pow", [a, b], [], a ** b, "ulp")

# One tensor, element by element.
unary = {"Neg": np.negative, "Abs": np.abs, "Sign": np.sign, "Sqrt": np.sqrt}
via = {"Exp": np.exp, "Log": np.log, "Sin": np.sin, "Cos": np.cos, "Tanh": np.tanh}
grid = np.concatenate([np.linspace(-12, 12, 97), np.linspace(-100, 100, 41)]).astype(f32)
for op, f in unary.items():
    for x in [special, grid, randn(), randn(0, 2), randn(2, 3)]:
        case(op, [x], [], f(x))
for op, f in via.items():
    for x in [special[np.abs(special) < 1e7], np.array([inf, -inf, nan], f32), grid, randn(), randn(0, 2), randn(2, 3)]:
        case(op, [x], [], f(x), "ulp")
for x in [special, grid, randn(2, 3)]:
    case("Sigmoid", [x], [], torch.sigmoid(torch.from_numpy(x).double()).float(), "ulp")
    case("Relu", [x], [], torch.relu(torch.from_numpy(x)))
    for lo, hi in [(-0.5, 0.5), (0, 1), (-100, 2)]:
        case("Clamp", [x], [lo, hi], np.clip(x, f32(lo), f32(hi)))

# Along axes.
for shape in [(5,), (2, 5), (3, 2, 4), (1,), (4, 1)]:
    x = randn(*shape)
    case("Diff", [x], [], np.diff(x))
    for axis in range(-len(shape), len(shape)):
        case("Cumsum", [x], [axis], np.cumsum(x, axis=axis, dtype=f32))
        case("ArgMax", [np.round(x)], [axis], np.argmax(np.round(x), axis).astype(f32))
        for op, f in {"Max": np.max, "Min": np.min, "Sum": np.sum, "Mean": np.mean}.items():
            case(op, [x], [axis], f(x, axis=axis))
    case("ArgMax", [np.round(x)], [], np.array(np.argmax(np.round(x)), f32))
    for op, f in {"Max": np.max, "Min": np.min, "Sum": np.sum, "Mean": np.mean}.items():
        case(op, [x], [], np.array(f(x)))
x = randn(3, 4, 2, 5)
for axes in [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3), (-1, 0), (3, 1), (0, 1, 2), (0, 1, 3), (1, 2, 3), (0, 1, 2, 3)]:
    for op, f in {"Max": np.max, "Min": np.min, "Sum": np.sum, "Mean": np.mean}.items():
        case(op, [x], axes, np.array(f(x, axis=axes)))
for x in [np.array([1, nan, 3], f32), np.array([nan, 1, nan], f32), np.array([nan, inf], f32), np.array([-inf, -inf], f32), np.array([-0.0, -0.0], f32)]:
    for op, f in {"Max": np.max, "Min": np.min, "Sum": np.sum, "Mean": np.mean}.items():
        case(op, [x], [], np.array(f(x)))
    case("ArgMax", [x], [], np.array(np.argmax(x), f32))
case("Sum", [randn(0)], [], np.array(np.sum(np.zeros(0, f32))))
case("Sum", [randn(0, 3)], [0], np.sum(np.zeros((0, 3), f32), axis=0))
case("Sum", [randn(0, 3)], [1], np.sum(np.zeros((0, 3), f32), axis=1))


def hashed(*shape):
    """Numbers in [-0.5, 0.5) that Go makes again, so that long sums need no long file."""
    i = np.arange(np.prod(shape), dtype=np.uint32)
    return ((i * np.uint32(2654435761) >> np.uint32(8)).astype(np.float64) / 2**24 - 0.5).astype(f32).reshape(shape)


for shape, axes in [((n,), ()) for n in (7, 8, 9, 127, 128, 129, 136, 255, 256, 257, 1000, 4097, 100003)] + [
    ((300, 300), ()), ((300, 300), (0,)), ((300, 300), (1,)), ((20, 30, 40), (0, 1)), ((20, 30, 40), (1, 2)),
    ((20, 30, 40), (0, 2)), ((20, 30, 40), (1,)), ((20, 30, 1), (1,)), ((20, 1, 300), (0, 1)), ((7, 1, 300), (1, 2)),
    ((300, 1, 20, 1), (0, 3)), ((3, 200, 2, 5), (1, 3)), ((2, 3), (0,)), ((200, 3), (0,)), ((9000, 2), (0,)), ((900, 2), (1,)),
    ((2, 900), (0,)), ((2, 9000), (1,)), ((1, 500), (0,)), ((500, 1), (1,)),
]:
    for op, f in {"Sum": np.sum, "Mean": np.mean}.items():
        x = hashed(*shape)
        r = np.asarray(f(x, axis=axes or None))
        cases.append({"op": op, "hashed": list(shape), "num": list(axes), "class": "exact", "out": array(r)})

# Shape.
x = randn(2, 3, 4)
for shape in [(24,), (4, 6), (2, -1), (-1,), (2, 3, -1, 1)]:
    case("Reshape", [x], shape, x.reshape(shape))
case("Reshape", [randn(0, 3)], [3, 0], np.zeros((3, 0), f32))
for axis in range(-4, 4):
    case("Unsqueeze", [x], [axis], np.expand_dims(x, axis))
y = randn(1, 3, 1, 2)
case("Squeeze", [y], [], y.squeeze())
for axis in range(-4, 4):
    case("Squeeze", [y], [axis], torch.from_numpy(y).squeeze(axis))
case("Squeeze", [y], [0, 1, -2], torch.from_numpy(y).squeeze((0, 1, -2)))
for start in range(-3, 3):
    case("Flatten", [x], [start], torch.from_numpy(x).flatten(start))
for z in [x, y, randn(3), randn(), randn(2, 0)]:
    case("T", [z], [], z.T)
for a in range(-3, 3):
    for b in range(-3, 3):
        case("Transpose", [x], [a, b], np.swapaxes(x, a, b))
for order in [(0, 1, 2), (2, 0, 1), (1, 2, 0), (-1, 0, 1), (2, 1, 0)]:
    case("Permute", [x], order, x.transpose(order))
for z, r in [(randn(3), (2,)), (randn(3), (9, 1)), (randn(3), (2, 3)), (x, (1, 1, 1)), (x, (2, 1, 3)), (x, (2, 1, 2, 2)),
             (randn(), (3,)), (randn(2, 2), (0, 1)), (randn(1), (1,))]:
    case("Repeat", [z], r, torch.from_numpy(z).repeat(*r))
for z, s in [(randn(3), (2, 3)), (randn(2, 1), (2, 4)), (randn(), (2, 2)), (randn(1, 3, 1), (2, 3, 2)), (randn(1), (0,))]:
    case("Expand", [z], s, np.broadcast_to(z, s))
for i in [0, 1, -1, -2]:
    case("Index", [x], [i], x[i])
for axis in range(-3, 3):
    for start, end in [(0, 1), (1, 3), (-2, 100), (2, 1), (-100, -1), (0, 0)]:
        index = [slice(None)] * 3
        index[axis] = slice(start, end)
        case("Slice", [x], [axis, start, end], x[tuple(index)])

# Joining and making.
a, b, c = randn(2, 3), randn(2, 3), randn(2, 3)
case("Stack", [a, b, c], [], np.stack([a, b, c]))
case("Stack", [a], [], np.stack([a]))
for axis in (0, 1, -1, -2):
    case("Cat", [a, b, c], [axis], np.concatenate([a, b, c], axis))
d, e = randn(2, 1, 4), randn(2, 3, 4)
case("Cat", [d, e, d], [1], np.concatenate([d, e, d], 1))
case("Cat", [randn(0, 3), a], [0], a)
for start, end, step in [(0, 5, 1), (0, 1, 0.1), (1, -1, -0.3), (0, 0, 1), (-1, 2, 0.7), (0, 1, 1 / 3), (0, 100, 0.37)]:
    case("Arange", [], [start, end, step], np.arange(start, end, step).astype(f32))
for start, end, n in [(0, 1, 0), (0, 1, 1), (0, 1, 2), (-10, 10, 10), (0, 1, 11), (3, -7, 100), (0.1, 0.7, 33), (1, 1, 5)]:
    case("Linspace", [], [start, end, n], torch.linspace(start, end, n))
for n in (0, 1, 3):
    case("Eye", [], [n], np.eye(n, dtype=f32))

# Products. By definition each is fused with its addition, in order; np.matmul has the order of its BLAS. A product of two
# float32 is exact in float64. Rounding twice differs from rounding once in one of 2^29 sums, and does not here.
def product(a, b):
    out = np.zeros(np.broadcast_shapes(a.shape[:-2], b.shape[:-2]) + (a.shape[-2], b.shape[-1]), f32)
    for p in range(a.shape[-1]):
        out = (out + a[..., :, p : p + 1].astype(np.float64) * b[..., p : p + 1, :]).astype(f32)
    return out


for sa, sb in [((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 4)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((5, 2, 3), (3,)),
               ((3,), (5, 3, 4)), ((2, 3), (5, 3, 4)), ((5, 2, 3), (5, 3, 4)), ((6, 1, 2, 3), (5, 3, 4)), ((1, 7, 9), (4, 9, 2)),
               ((2, 0), (0, 3)), ((0, 2), (2, 3)), ((2, 3), (3, 0)), ((17, 33), (33, 19)), ((64, 100), (100, 65)), ((1, 5), (5, 1))]:
    a, b = randn(*sa), randn(*sb)
    wide = product(a[None] if a.ndim == 1 else a, b[:, None] if b.ndim == 1 else b)
    r = np.matmul(a, b)
    case("MatMul", [a, b], [], wide.reshape(np.shape(r)))
    case("MatMul", [a, b], [], np.asarray(r, f32), "sum")
a, b = np.array([[0, 1, 2]], f32), np.array([[inf, 1], [nan, 2], [3, -inf]], f32)
case("MatMul", [a, b], [], product(a, b))

print(f'{{"numpy": "{np.__version__}", "torch": "{torch.__version__}", "cases": [')
print(",\n".join(json.dumps(c) for c in cases) + "\n]}")
