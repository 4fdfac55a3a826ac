"""Writes norse.json: what Norse and PyTorch print for modules and states.

Run with Norse 065a3b45 and torch 1.13 on the path:  python3 generate.py > norse.json
"""

import json
import re

import torch
import norse.torch as snn
import norse.torch.functional.superspike as superspike
from norse.torch import LIFParameters, LIParameters

if not hasattr(torch.autograd.Function, "setup_context"):

    class SuperSpike(torch.autograd.Function):
        """Norse's class in the form that torch 1.13 knows; only the forward pass is used here."""

        @staticmethod
        def forward(ctx, x, alpha):
            return superspike.heaviside(x)

        @staticmethod
        def backward(ctx, g):
            return g, None

    superspike.SuperSpike = SuperSpike

nn, d = torch.nn, torch.ones(1)
CELLS = "LI LIF LIBox IAF LIFRefrac LIFEx LIFAdEx LIFAdExRefrac LSNN".split()
LAYERS = "LI LIF IAF LIFEx LIFAdEx LSNN".split()
RECURRENT = "LIF LIFRefrac LIFEx LIFAdEx LIFAdExRefrac LSNN".split()
z = torch.zeros(1, 1)

expressions = (
    [f"snn.{c}Cell()" for c in CELLS]
    + [f"snn.{c}()" for c in LAYERS]
    + [f"snn.{c}RecurrentCell(3, 2)" for c in RECURRENT]
    + [f"snn.{c}Recurrent(3, 2)" for c in RECURRENT]
    + [
        "snn.IzhikevichCell(snn.tonic_spiking)",
        "snn.Izhikevich(snn.dap)",
        "snn.IzhikevichRecurrentCell(3, 2, snn.accomodation)",
        "snn.IzhikevichRecurrent(3, 2, snn.inhibition_induced_bursting)",
        "snn.LIFMCRecurrentCell(3, 2)",
        "snn.LIFMCRefracRecurrentCell(3, 2)",
        "snn.LICell(LIParameters(tau_mem_inv=100))",
        "snn.LICell(LIParameters(tau_mem_inv=83.7), dt=0.002)",
        "snn.LICell(LIParameters(tau_mem_inv=torch.tensor([100., 83.7])))",
        "snn.LIFCell(LIFParameters(tau_mem_inv=100, v_th=torch.tensor([0.5, 1.25])), dt=0.002)",
        "snn.LIFCell(LIFParameters(tau_mem_inv=83.7, method='triangle', alpha=0.3))",
        "snn.LIFCell(dt=1)",
        "snn.LIFCell(dt=1e-5)",
        "snn.SequentialState(snn.LIFRefracCell(), nn.Conv2d(1, 2, 9, dilation=3, padding=12, bias=False))",
        "snn.SequentialState(snn.Lift(nn.Conv2d(1, 3, 5, padding=2)), snn.LIF(), nn.Flatten(1), "
        "nn.Linear(30000, 10), nn.Sigmoid())",
        "snn.SequentialState(snn.SequentialState(snn.LICell(), nn.ReLU()), nn.Linear(3, 2, bias=False))",
        "snn.SequentialState(snn.RecurrentSequential(snn.LIFCell(), nn.Linear(2, 2)), nn.Tanh())",
        "snn.SequentialState()",
        "snn.Lift(snn.SequentialState(snn.LICell()))",
        "nn.Conv2d(4, 8, (3, 5), stride=2, groups=2, padding=(1, 2))",
        "nn.Conv2d(4, 8, 3, padding='same')",
        "nn.Conv2d(1, 2, 9, stride=(2, 1), dilation=(1, 2))",
        "nn.Flatten()",
        "nn.Flatten(1, 2)",
        "nn.MaxPool2d(2)",
        "nn.MaxPool2d((3, 2), stride=1, padding=(1, 0))",
        "nn.AvgPool2d(2)",
        "nn.AdaptiveAvgPool2d((7, 7))",
        "nn.Dropout(0.2)",
        "nn.BatchNorm2d(3)",
        "nn.Softmax(dim=1)",
        "nn.LogSoftmax(dim=-1)",
        "snn.LConv2d(1, 2, 3)",
    ]
    + [f"snn.{c}Cell()(d)[1]" for c in CELLS]
    + [f"snn.{c}RecurrentCell(1, 2)(z)[1]" for c in RECURRENT]
    + [
        "snn.LIFBoxCell()(d)[1]",
        "snn.IzhikevichCell(snn.tonic_spiking)(d)[1]",
        "snn.IzhikevichRecurrentCell(1, 2, snn.tonic_spiking)(z)[1]",
        "snn.CobaLIFCell(1, 2)(z)[1]",
        "snn.LIFMCRecurrentCell(1, 2)(z)[1]",
        "snn.LIFMCRefracRecurrentCell(1, 2)(z)[1]",
        "snn.LILinearCell(1, 2)(z)[1]",
        "snn.LICell()(torch.ones(3, 4))[1]",
        "snn.LIFRefracCell()(torch.ones(2, 2, 2))[1]",
        "snn.SequentialState(snn.LIFRefracCell(), nn.ReLU(), snn.LICell())(d)[1]",
        "snn.LIF()(torch.ones(100, 1))[1]",
    ]
)

cases = []
for e in expressions:
    text = repr(eval(e))
    text = re.sub(r", (grad_fn=<\w+>|requires_grad=True)", "", text)
    cases.append({"norse": e, "text": text})
print(json.dumps({"meta": {"norse": "065a3b45", "torch": torch.__version__}, "cases": cases}, indent=1))
