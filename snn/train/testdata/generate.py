"""Writes optim.json: PyTorch's optimisers, schedules and gradient clipping.

Run with the versions named in README.md:  python3 generate.py > optim.json

Each optimiser starts from w and gets the gradients 0.1·w + g[step] for every step; after each the weights are noted.
"""

import base64
import json

import torch

torch.manual_seed(4)


def array(t):
    a = t.detach().numpy()
    return {"shape": list(a.shape), "data": base64.b64encode(a.astype("<f4").tobytes()).decode()}


cases, steps = [], 12
for name, make, options in [
    ("SGD", torch.optim.SGD, {}),
    ("SGD", torch.optim.SGD, {"lr": 0.1}),
    ("SGD", torch.optim.SGD, {"lr": 0.1, "momentum": 0.9}),
    ("SGD", torch.optim.SGD, {"lr": 0.1, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.2}),
    ("SGD", torch.optim.SGD, {"lr": 0.1, "momentum": 0.9, "nesterov": 1, "weight_decay": 0.2}),
    ("Adam", torch.optim.Adam, {}),
    ("Adam", torch.optim.Adam, {"lr": 0.1, "beta1": 0.8, "beta2": 0.99, "eps": 1e-3}),
    ("Adam", torch.optim.Adam, {"lr": 0.05, "weight_decay": 0.3}),
    ("AdamW", torch.optim.AdamW, {}),
    ("AdamW", torch.optim.AdamW, {"lr": 0.05, "weight_decay": 0.3}),
]:
    w = torch.randn(5)
    g = torch.randn(steps, 5)
    p = w.clone().requires_grad_()
    o = dict(options)
    if "beta1" in o:
        o["betas"] = (o.pop("beta1"), o.pop("beta2"))
    if "nesterov" in o:
        o["nesterov"] = bool(o["nesterov"])
    opt = make([p], **o)
    after = []
    for t in range(steps):
        p.grad = 0.1 * p.detach() + g[t]
        opt.step()
        after.append(p.detach().clone())
    cases.append({"name": name, "options": options, "w": array(w), "g": array(g), "after": array(torch.stack(after))})

schedules = []
S = torch.optim.lr_scheduler
for name, numbers, make in [
    ("StepDecay", [3, 0.5], lambda o: S.StepLR(o, 3, 0.5)),
    ("Exponential", [0.9], lambda o: S.ExponentialLR(o, 0.9)),
    ("Cosine", [10, 0.1], lambda o: S.CosineAnnealingLR(o, 10, eta_min=0.1)),
    ("Warmup", [4], lambda o: S.LinearLR(o, start_factor=0.25, total_iters=3)),
]:
    opt = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    s = make(opt)
    lrs = []
    for _ in range(11):
        lrs.append(s.get_last_lr()[0])
        opt.step()
        s.step()
    schedules.append({"name": name, "numbers": numbers, "factors": lrs})

clips = []
for limit in [0.5, 3.0, 100.0]:
    a, b = torch.zeros(4, requires_grad=True), torch.zeros(2, 2, requires_grad=True)
    a.grad, b.grad = torch.randn(4), torch.randn(2, 2)
    before = [array(a.grad), array(b.grad)]
    norm = torch.nn.utils.clip_grad_norm_([a, b], limit)
    clips.append({"limit": limit, "before": before, "norm": float(norm), "after": [array(a.grad), array(b.grad)]})

print(json.dumps({"torch": torch.__version__, "optimizers": cases, "schedules": schedules, "clips": clips}, indent=1))
