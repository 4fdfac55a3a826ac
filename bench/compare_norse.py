#!/usr/bin/env python3
"""Runs the cases of `snnrepl bench` in Norse and in Livespike, in turn, and prints them side by side.

    pip install torch norse numpy snntorch spikingjelly sinabs
    python bench/compare_norse.py [--case b3 …] [--threads 1] [--seconds 1] [--snnrepl PATH] [--json FILE]

Each side runs in a process of its own for every case and round; the rounds alternate, so that both meet the same load.
With one thread the figures are time on the processor, which leaves out what the machine's other users take, else time on
the wall. Norse runs eagerly, without autograd except for training. b4 is b3's arithmetic as one function of torch.jit,
b5.step Norse's step through torch.compile in Norse's loop, b5 b4's function through torch.compile; both take minutes
to compile and run only when named. The cases named after another library are b3 there: snnTorch's Synaptic has the same two variables, the neurons of
SpikingJelly and sinabs no current, and so half the work. The figure of a side is the least of all rounds, with
the median behind it. Without torch or norse it says so and exits with 2; a case
that does not run, because its library is not there or torch.compile fails, is said and left out.
"""

import argparse
import datetime
import json
import os
import platform
import shutil
import subprocess
import sys
import time

# Norse's case and ours, by the names of `snnrepl bench --list`. The -into forms have no counterpart in torch: they keep
# their output, where torch, like Livespike's Forward, makes a new one.
CASES = {
    "a1": ["a1", "a1-into", "a1-script"],
    "a2": ["a2"],
    "a3": ["a3", "a3-into", "a3-script"],
    "b1": ["b1", "b1-into"],
    "b2": ["b2", "b2-into"],
    "b3": ["b3", "b3-into"],
    "b4": ["b3", "b3-into"],
    "b3.snntorch": ["b3", "b3-into"],
    "b3.spikingjelly": ["b3", "b3-into"],
    "b3.sinabs": ["b3", "b3-into"],
    "z": ["z", "z-into"],
    "c": ["c", "c-into"],
    "d": ["d", "d-into", "d-ev", "d-ev-into"],
    "d2": ["d2", "d2-into"],
    "d3": ["d3", "d3-into"],
    "d4": ["d4", "d4-into", "d4-ev-into"],
    "d.half": ["d.half", "d.half-into"],
    "e": ["e"],
    "e2": ["e2"],
    "e3": ["e3"],
    "h": ["h"],
    "h2": ["h2"],
    "f": ["f"],
    "g250": ["g250", "g250-into"],
    "m.128x784x256": ["m.128x784x256"],
    "m.1024x1024x1024": ["m.1024x1024x1024"],
}
SLOW = {"g1000": ["g1000", "g1000-into"], "b5.step": ["b3", "b3-into"], "b5": ["b3", "b3-into"]}


def norse_case(name, torch, norse):
    """The function to measure and how many of its steps one call holds."""
    import norse.torch as nt
    from torch import nn

    torch.manual_seed(0)
    if name in ("a1", "a3"):
        cell = nt.LIFCell() if name == "a1" else nt.LICell(p=nt.LIParameters(tau_mem_inv=100))
        x, state = torch.ones(1 if name == "a1" else 2), None

        def steps():
            nonlocal state
            for _ in range(100):
                _, state = cell(x, state)

        return steps, 100
    if name == "a2":
        cell, x = nt.LIFCell(), torch.ones(1)

        def loop():
            state = None
            for _ in range(100):
                _, state = cell(x, state)

        return loop, 1
    if name.startswith("b3."):
        return other_library(name[3:], torch), 1
    if name == "b5.step":
        from norse.torch.functional.lif import lif_feed_forward_step

        step = torch.compile(lif_feed_forward_step)
        x, p = torch.rand(100, 64, 1024), nt.LIFParameters()
        start = nt.LIF()(x[:1])[1]

        def loop():
            s, out = start, []
            for t in range(x.shape[0]):
                z, s = step(x[t], s, p)
                out.append(z)
            return torch.stack(out)

        return loop, 1
    layers = {"b1": (100, 1), "b2": (1000, 1, 1000), "b3": (100, 64, 1024), "b4": (100, 64, 1024), "b5": (100, 64, 1024), "z": (2000, 1, 1024)}
    if name in layers:
        x = torch.ones(layers[name]) if name == "b1" else torch.rand(layers[name])
        if name == "z":
            x[1:] = 0
        if name in ("b4", "b5"):

            def arithmetic(x):
                v = torch.zeros_like(x[0])
                i = torch.zeros_like(x[0])
                out = []
                for t in range(x.shape[0]):
                    i = i + x[t]
                    v = v + 0.1 * (i - v)
                    i = i * 0.8
                    z = (v > 1.0).to(x.dtype)
                    v = v * (1.0 - z)
                    out.append(z)
                return torch.stack(out)

            arithmetic = torch.jit.script(arithmetic) if name == "b4" else torch.compile(arithmetic)
            return lambda: arithmetic(x), 1
        lif = nt.LIF()
        return lambda: lif(x), 1
    if name == "c":
        m = nt.SequentialState(
            nt.Lift(nn.Conv2d(1, 3, 5, padding=2)), nt.LIF(), nt.Lift(nn.Flatten(1)), nn.Linear(30000, 10), nn.Sigmoid()
        )
        x = torch.ones(100, 1, 1, 100, 100)
        return lambda: m(x), 1
    if name[0] == "d":
        h, w = (720, 1280) if name == "d2" else (480, 640)
        x, state = (torch.rand(1, 1, h, w) < (0.5 if name == "d.half" else 0.02)).float(), None
        k = (torch.sigmoid(torch.linspace(-10, 10, 10)).diff() - 0.14).repeat(9, 1)
        conv = nn.Conv2d(1, 2, 9, dilation=3, padding=12, bias=False) if name == "d4" else nn.Conv2d(1, 2, 9)
        with torch.no_grad():
            conv.weight.copy_(torch.stack((k, k.T)).unsqueeze(1))
        m = nt.LIFRefracCell() if name == "d3" else nt.SequentialState(nt.LIFRefracCell(), conv)

        def frame():
            nonlocal state
            _, state = m(x, state)

        return frame, 1
    if name[0] in "eh":
        if name[0] == "e":
            m = nt.SequentialState(nn.Linear(784, 256), nt.LIF(), nn.Linear(256, 10), nt.LI())
            x = torch.rand(32, 128, 784) if name == "e3" else (torch.rand(32, 128, 784) < 0.1).float()
            y = torch.arange(128) % 10
        else:
            m = nt.SequentialState(
                nt.Lift(nn.Conv2d(2, 12, 5)), nt.LIF(), nt.Lift(nn.MaxPool2d(2)),
                nt.Lift(nn.Conv2d(12, 32, 5)), nt.LIF(), nt.Lift(nn.MaxPool2d(2)),
                nt.Lift(nn.Flatten(1)), nn.Linear(800, 10), nt.LI(),
            )
            x, y = (torch.rand(10, 32, 2, 34, 34) < 0.05).float(), torch.arange(32) % 10
        if name in ("e2", "h2"):
            return lambda: m(x), 1
        torch.set_grad_enabled(True)
        opt = torch.optim.Adam(m.parameters())

        def step():
            opt.zero_grad()
            out, _ = m(x)
            nn.functional.cross_entropy(out.max(0).values, y).backward()
            opt.step()

        return step, 1
    if name[0] == "g":
        n = int(name[1:])
        m = nt.SequentialState(nn.Linear(n, n, bias=False), nt.LIF())
        x = (torch.rand(1000, 32, n) < 0.03).float()
        return lambda: m(x), 1
    if name.startswith("m."):
        m, k, n = map(int, name[2:].split("x"))
        a, b = torch.rand(m, k), torch.rand(k, n)
        return lambda: a @ b, 1
    raise SystemExit(f"compare_norse: no case {name}")


def other_library(name, torch):
    """b3 in a library that is not Norse."""
    x = torch.rand(100, 64, 1024)
    if name == "snntorch":
        import snntorch

        layer = snntorch.Synaptic(alpha=0.8, beta=0.9, reset_mechanism="zero")

        def loop():
            syn, mem = layer.init_synaptic()
            out = []
            for t in range(x.shape[0]):
                z, syn, mem = layer(x[t], syn, mem)
                out.append(z)
            return torch.stack(out)

        return loop
    if name == "spikingjelly":
        from spikingjelly.activation_based import functional, neuron

        layer = neuron.LIFNode(tau=10.0, step_mode="m")

        def forward():
            functional.reset_net(layer)
            return layer(x)

        return forward
    import sinabs.layers

    layer, turned = sinabs.layers.LIF(tau_mem=10.0), x.transpose(0, 1).contiguous()

    def forward():
        layer.reset_states()
        return layer(turned)

    return forward


def norse_side(name, threads, seconds):
    """Measures one case in this process and prints the seconds of its calls."""
    import torch

    torch.set_num_threads(threads)
    torch.set_grad_enabled(False)
    import norse

    f, inner = norse_case(name, torch, norse)
    f()
    f()
    clock = time.process_time if threads == 1 else time.perf_counter
    times, start = [], time.perf_counter()
    while len(times) < 5000 and (len(times) < 5 or time.perf_counter() - start < seconds):
        at = clock()
        f()
        times.append((clock() - at) / inner)
    print(json.dumps(times))


def environment(threads):
    env = dict(os.environ)
    for v in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        env[v] = str(threads)
    for v in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        env.pop(v, None)
    return env


def run_norse(name, o):
    if name == "f":
        code = "import torch, norse.torch as nt; print(nt.LIF()(torch.ones(100, 1))[0].sum())"
        at = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, env=environment(o.threads))
        return [time.perf_counter() - at]
    command = [sys.executable, "-W", "ignore", __file__, "--norse-side", name, "--threads", str(o.threads), "--seconds", str(o.seconds)]
    out = subprocess.run(command, check=True, capture_output=True, text=True, env=environment(o.threads)).stdout
    return json.loads(out)


def run_ours(names, o):
    command = [o.snnrepl, "bench", *names, "--json", "--threads", str(o.threads), "--seconds", str(o.seconds)]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {r["case"]: r for r in map(json.loads, out.splitlines())}


def short(s):
    for limit, unit, scale in ((1e-6, "ns", 1e9), (1e-3, "µs", 1e6), (1, "ms", 1e3)):
        if s < limit:
            return f"{s * scale:.3g} {unit}"
    return f"{s:.3g} s"


def median(x):
    return sorted(x)[len(x) // 2]


def compare(name, o):
    theirs, ours = [], {}
    for _ in range(o.rounds):
        try:
            theirs += run_norse(name, o)
        except subprocess.CalledProcessError as e:
            print(f"{name} does not run: {(e.stderr or 'no reason given').strip().splitlines()[-1]}", file=sys.stderr)
            return []
        for case, r in run_ours({**CASES, **SLOW}[name], o).items():
            ours.setdefault(case, []).append(r)
    rows = []
    for case, results in ours.items():
        least = min(r["seconds_min"] for r in results)
        middle = median([r["seconds_median"] for r in results])
        rows.append({
            "norse_case": name, "case": case, "threads": o.threads,
            "norse_min": min(theirs), "norse_median": median(theirs), "min": least, "median": middle,
            "ratio_min": min(theirs) / least, "ratio_median": median(theirs) / middle,
            "roofline_fraction": max((r["roofline_fraction"] or 0 for r in results)) or None,
        })
    return rows


def heading(o):
    import torch

    ours = subprocess.run([o.snnrepl, "version"], check=True, capture_output=True, text=True).stdout.strip()
    cpu = platform.machine()
    if os.path.exists("/proc/cpuinfo"):
        cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), cpu)
    from importlib.metadata import PackageNotFoundError, version

    def of(package):
        try:
            return version(package)
        except PackageNotFoundError:
            return "not installed"

    blas = "MKL" if "Math Kernel" in torch.__config__.show() else "OpenBLAS or other"
    load = ", ".join(f"{v:.1f}" for v in os.getloadavg())
    return (
        f"{datetime.date.today()}, {cpu}, {os.cpu_count()} processors, load {load}; {ours}; "
        f"torch {torch.__version__} ({blas}), norse {of('norse')}, snntorch {of('snntorch')}, spikingjelly {of('spikingjelly')}, sinabs {of('sinabs')}, Python {platform.python_version()}; "
        f"{o.threads} thread(s), {'processor time' if o.threads == 1 else 'wall time'}, least (median) of {o.rounds} alternating rounds"
    )


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--case", nargs="*", help="cases to run; all but the slow ones (%s)" % ", ".join(SLOW))
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--seconds", type=float, default=1.0, help="for each case and side in a round")
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--snnrepl", default=shutil.which("snnrepl") or "./snnrepl")
    p.add_argument("--json", help="write the rows to this file")
    p.add_argument("--norse-side", help=argparse.SUPPRESS)
    o = p.parse_args()
    try:
        import norse  # noqa: F401
        import torch  # noqa: F401
    except ImportError as e:
        print(f"compare_norse: {e}; pip install torch norse numpy", file=sys.stderr)
        return 2
    if o.norse_side:
        norse_side(o.norse_side, o.threads, o.seconds)
        return 0
    print(heading(o) + "\n")
    print("| case | Norse | Livespike | ratio of minima | of medians | roofline |\n|---|---|---|---|---|---|", flush=True)
    rows = []
    for name in o.case or CASES:
        if name not in CASES and name not in SLOW:
            print(f"compare_norse: no case {name}; there are {', '.join([*CASES, *SLOW])}", file=sys.stderr)
            return 2
        for r in compare(name, o):
            rows.append(r)
            title = r["case"] if r["case"].split("-")[0] == name else f"{r['case']} beside {name}"
            roof = f"{r['roofline_fraction']:.0%}" if r["roofline_fraction"] else ""
            print(
                f"| {title} | {short(r['norse_min'])} ({short(r['norse_median'])}) | {short(r['min'])} ({short(r['median'])}) "
                f"| {r['ratio_min']:.3g} | {r['ratio_median']:.3g} | {roof} |", flush=True,
            )
    if o.json:
        with open(o.json, "w") as f:
            json.dump({"heading": heading(o), "rows": rows}, f, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
