"""Random small networks that run in one kernel, as specs."""

import random
import tempfile
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from snnc import network
from snnc.document import Document
from tests.support.nets import document

NEURONS = (
    'kind = "IF"',
    'kind = "LIF", tau = 3.0',
    'kind = "LIF", tau = 2.0, reset = "soft", detach_reset = true',
    'kind = "PLIF"',
    'kind = "ALIF", tau_a = 4.0, beta = 0.3',
    'kind = "IF", v_threshold = { uniform = [0.5, 1.5], per = "channel", learnable = true }',
    'kind = "I"',
)
FILTER = 'kind = "SynapseFilter", tau = { value = 2.0, learnable = true, range = [1.0, inf] }'
WIDTHS = (1, 3, 10, 16, 17, 33, 40)


def chain(folder: Path, seed: int) -> Document:
    """A network of one to three products, with neurons, filters and feedback in between."""
    draw = random.Random(seed)
    encoder = draw.choice(["none", "poisson", "direct"])
    shape = draw.choice([[5], [28], [2, 3, 4]]) if encoder == "poisson" else [draw.choice(WIDTHS)]
    layers = ['kind = "Flatten"'] * (len(shape) > 1)
    for at in range(draw.randint(1, 3)):
        width, bias = draw.choice(WIDTHS), draw.choice(["true", "false"])
        layers.append(f'kind = "Linear", name = "fc{at}", out_features = {width}, bias = {bias}')
        if at and draw.random() < 0.5:
            layers += fed(draw, at, width)
        layers.append(f'{draw.choice(NEURONS)}, name = "cell{at}"')
        layers += [FILTER] * (draw.random() < 0.3)
    text = f'[input]\nshape = {shape}\nencoder = "{encoder}"\n[network]\nlayers = [\n'
    text += "".join(f"  {{ {layer} }},\n" for layer in layers) + "]\n"
    text += f'[output]\nreadout = "{draw.choice(["mean", "sum", "last"])}"\n'
    return document(folder, text, draw.randint(1, 9))


def fed(draw: random.Random, at: int, width: int) -> list[str]:
    """The layers through which the output of a neuron comes back, before it or behind it."""
    back = f'kind = "Linear", name = "mix{at}", out_features = {width}'
    ways = [f'"fc{at}", "cell{at}@-1"', f'"cell{at}@-1", "fc{at}"']
    if draw.random() < 0.6:
        return [f'kind = "Concat", from = [{draw.choice(ways)}]', back]
    return [f'{back}, from = "cell{at}@-1"', f'kind = "Add", from = ["fc{at}", "mix{at}"]']


NETS = {
    "plain": ('shape = [5]\nencoder = "none"', "", "mean"),
    "fed": ('shape = [5]\nencoder = "none"', "behind", "sum"),
    "before": ('shape = [5]\nencoder = "none"', "before", "last"),
    "drawn": ('shape = [1, 5]\nencoder = "poisson"', "", "mean"),
    "static": ('shape = [5]\nencoder = "direct"', "", "sum"),
}
"""Input, feedback and readout of fixed chains."""
STEPS = 4


def made(name: str, dtype: torch.dtype = torch.float64) -> Any:
    """One of them, as a module."""
    given, fed, readout = NETS[name]
    both = '"fc1", "cell1@-1"' if fed == "behind" else '"cell1@-1", "fc1"'
    layers = ['kind = "Flatten"'] * ("1, 5" in given)
    layers += ['kind = "Linear", name = "fc1", out_features = 18']
    if fed:
        layers += [f'kind = "Concat", from = [{both}]']
        layers += ['kind = "Linear", name = "mix", out_features = 18']
    layers += ['kind = "PLIF", name = "cell1", v_threshold = 0.2']
    layers += ['kind = "Linear", name = "fc2", out_features = 3, bias = false']
    layers += ['kind = "LIF", name = "cell2", v_threshold = 0.1']
    text = "".join(f"  {{ {layer} }},\n" for layer in layers)
    text = f"[input]\n{given}\n[network]\nlayers = [\n{text}]\n"
    with tempfile.TemporaryDirectory() as folder:
        doc = document(Path(folder), f'{text}[output]\nreadout = "{readout}"\n', STEPS)
    torch.manual_seed(0)
    return network(doc)().to(dtype)


def data(name: str, dtype: torch.dtype = torch.float64, batch: int = 3) -> Tensor:
    """What it reads."""
    timed = () if name in ("drawn", "static") else (STEPS,)
    shape = (*timed, batch, *([1] if name == "drawn" else []), 5)
    x = torch.rand(shape, generator=torch.Generator().manual_seed(1)).to(dtype)
    return x if name == "drawn" else (x * 2).requires_grad_()
