"""Writes grads.json: PyTorch's results and gradients of every operation.

Run with the versions named in README.md:  python3 generate_grads.py > grads.json

A case is an operation by its Go name, inputs, numbers, the derivative of a loss by the result, the result and the
gradient of every input.
"""

import base64
import json

import torch
import torch.nn.functional as F

torch.manual_seed(3)
cases = []


def array(t):
    a = t.detach().numpy()
    return {"shape": list(a.shape), "data": base64.b64encode(a.astype("<f4").tobytes()).decode()}


def case(op, tensors, numbers, f):
    tensors = [t.clone().requires_grad_() for t in tensors]
    y = f(*tensors)
    dy = torch.randn(y.shape)
    y.backward(dy)
    cases.append({"op": op, "in": [array(t) for t in tensors], "num": [float(n) for n in numbers], "dy": array(dy),
                  "out": array(y), "grads": [array(t.grad) for t in tensors]})


r = torch.randn
shapes = [((3,), (3,)), ((2, 3), (3,)), ((3,), (2, 3)), ((2, 1), (1, 3)), ((), (2, 2)), ((3,), ()), ((4, 1, 3), (2, 1)),
          ((2, 3, 4), (2, 1, 1)), ((2, 3, 4), (3, 1)), ((1, 1), (3,)), ((0, 3), (3,)), ((1,), (1, 1))]
for a, b in shapes:
    case("Add", [r(a), r(b)], [], torch.add)
    case("Sub", [r(a), r(b)], [], torch.sub)
    case("Mul", [r(a), r(b)], [], torch.mul)
    case("Div", [r(a), r(b)], [], torch.div)
    case("Pow", [r(a).abs(), r(b)], [], torch.pow)
    case("Maximum", [r(a).round(), r(b).round()], [], torch.maximum)
    case("Minimum", [r(a).round(), r(b).round()], [], torch.minimum)
for n in [2, -0.5, 0]:
    case("Add", [r(2, 3)], [n], lambda x: x + n)
    case("Sub", [r(2, 3)], [n], lambda x: x - n)
    case("Mul", [r(2, 3)], [n], lambda x: x * n)
    case("Maximum", [r(2, 3).round()], [n], lambda x: torch.maximum(x, torch.tensor(float(n))))
case("Div", [r(2, 3)], [3], lambda x: x / 3)
for n in [2, 0, 3, -1, 0.5]:
    case("Pow", [r(2, 3).abs()], [n], lambda x: x**n)
case("Pow", [torch.tensor([-2.0, 0, 2])], [2], lambda x: x**2)
case("Pow", [torch.tensor([0.0, 0, 2]), torch.tensor([0.0, 2, 0])], [], torch.pow)

near0 = torch.tensor([-1.0, -0.0, 0.0, 0.5, -0.5, 2])
for op, f in {"Neg": torch.neg, "Abs": torch.abs, "Exp": torch.exp, "Sin": torch.sin, "Cos": torch.cos, "Tanh": torch.tanh,
              "Sigmoid": torch.sigmoid, "Relu": torch.relu}.items():
    for x in [near0, r(2, 3), r(()), r(0, 2), 10 * r(4)]:
        case(op, [x], [], f)
for op, f in {"Log": torch.log, "Sqrt": torch.sqrt}.items():
    for x in [r(2, 3).abs() + 0.1, r(()).abs()]:
        case(op, [x], [], f)
for lo, hi in [(-0.5, 0.5), (0, 2)]:
    case("Clamp", [near0], [lo, hi], lambda x: x.clamp(lo, hi))

for shape in [(5,), (2, 5), (3, 2, 4), (1,)]:
    case("Diff", [r(shape)], [], torch.diff)
    for axis in range(-len(shape), len(shape)):
        case("Sum", [r(shape)], [axis], lambda x: x.sum(axis))
        case("Mean", [r(shape)], [axis], lambda x: x.mean(axis))
        case("Max", [r(shape)], [axis], lambda x: x.max(axis).values)
        case("Min", [r(shape)], [axis], lambda x: x.min(axis).values)
        case("Cumsum", [r(shape)], [axis], lambda x: x.cumsum(axis))
        case("Softmax", [r(shape) * 3], [axis], lambda x: x.softmax(axis))
        case("LogSoftmax", [r(shape) * 3], [axis], lambda x: x.log_softmax(axis))
    case("Sum", [r(shape)], [], torch.sum)
    case("Mean", [r(shape)], [], torch.mean)
    case("Max", [r(shape)], [], torch.max)
    case("Min", [r(shape)], [], torch.min)
for axes in [(0, 1), (0, 2), (1, 2), (2, 0), (0, 1, 2)]:
    case("Sum", [r(3, 2, 4)], axes, lambda x: x.sum(axes))
    case("Mean", [r(3, 2, 4)], axes, lambda x: x.mean(axes))
    case("Max", [r(3, 2, 4)], axes, lambda x: x.amax(axes))
case("Softmax", [torch.tensor([1000.0, 999, -1000])], [0], lambda x: x.softmax(0))
case("LogSoftmax", [torch.tensor([1000.0, 999, -1000])], [0], lambda x: x.log_softmax(0))

for sa, sb in [((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 4)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((5, 2, 3), (3,)), ((3,), (5, 3, 4)),
               ((2, 3), (5, 3, 4)), ((5, 2, 3), (5, 3, 4)), ((6, 1, 2, 3), (5, 3, 4)), ((2, 3), (3, 0)), ((17, 9), (9, 6))]:
    case("MatMul", [r(sa), r(sb)], [], torch.matmul)

case("Reshape", [r(2, 3)], [3, -1], lambda x: x.reshape(3, -1))
case("Unsqueeze", [r(2, 3)], [1], lambda x: x.unsqueeze(1))
case("Squeeze", [r(2, 1, 3)], [], torch.squeeze)
case("Flatten", [r(2, 3, 4)], [1], lambda x: x.flatten(1))
case("T", [r(2, 3, 4)], [], lambda x: x.permute(2, 1, 0))
case("Transpose", [r(2, 3, 4)], [0, -1], lambda x: x.transpose(0, -1))
case("Permute", [r(2, 3, 4)], [1, -1, 0], lambda x: x.permute(1, -1, 0))
for shape, n in [((3,), (2,)), ((3,), (9, 1)), ((2, 3), (2, 1)), ((2, 3), (1, 1)), ((2, 3), (2, 3, 2)), ((), (3,)), ((2,), (0,))]:
    case("Repeat", [r(shape)], n, lambda x: x.repeat(*n))
for shape, n in [((3,), (2, 3)), ((2, 1), (2, 4)), ((), (2, 2)), ((1, 3, 1), (2, 3, 2)), ((1,), (1, 1))]:
    case("Expand", [r(shape)], n, lambda x: x.expand(*n))
for i in (0, 2, -1):
    case("Index", [r(3, 2)], [i], lambda x: x[i])
case("Index", [r(3)], [1], lambda x: x[1])
case("Slice", [r(3, 2)], [0, 1, 3], lambda x: x[1:3])
case("Slice", [r(3, 2)], [0, 2, 1], lambda x: x[2:1])
case("Slice", [r(3, 5, 2)], [1, -3, -1], lambda x: x[:, -3:-1])
case("Slice", [r(3, 5)], [-1, 1, 100], lambda x: x[:, 1:])
case("Slice", [r(0, 5)], [1, 1, 3], lambda x: x[:, 1:3])
case("Stack", [r(2, 3), r(2, 3), r(2, 3)], [], lambda *x: torch.stack(x))
case("Cat", [r(2, 3), r(1, 3), r(4, 3)], [0], lambda *x: torch.cat(x, 0))
case("Cat", [r(2, 3), r(2, 1)], [-1], lambda *x: torch.cat(x, -1))

case("MSE", [r(4, 3), r(4, 3)], [], F.mse_loss)
for n, c in [(4, 3), (1, 10), (7, 1)]:
    target = torch.randint(0, c, (n,))
    case("CrossEntropy", [r(n, c) * 3], target.tolist(), lambda x: F.cross_entropy(x, target))
case("CrossEntropy", [torch.tensor([[1000.0, 0, -1000]])], [2], lambda x: F.cross_entropy(x, torch.tensor([2])))
p = torch.rand(4, 3).softmax(1)
case("SoftCrossEntropy", [r(4, 3)], p.flatten().tolist(), lambda x: F.cross_entropy(x, p))
case("SoftCrossEntropy", [r(4, 3)], (2 * p).flatten().tolist(), lambda x: F.cross_entropy(x, 2 * p))

print(f'{{"torch": "{torch.__version__}", "cases": [')
print(",\n".join(json.dumps(c) for c in cases) + "\n]}")
