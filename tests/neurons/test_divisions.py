"""A division by a constant is one wherever it is computed: 49 * (1 / 49) is below 1."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

import snnc
from snnc import network
from snnc.reference import Reference
from tests.support.beside import BACKENDS, beside, outputs, use
from tests.support.nets import document

TAUS = (1.5, 2.0, 3.0, 10.0, 49.0, 103.0)
DIVISORS = (1e-3, 0.1, *TAUS)
STEPS = 3
QUOTIENT = """
[neurons.By{at}]
parameters = {{ c = {value} }}
state = {{ v = 0.0 }}
step = \"\"\"
v = 0.5 * v + (x - 0.25) / {value} + x / c
\"\"\"
output = "v"
"""
MEANS = """
[input]
shape = [1, 7, 7]
encoder = "none"

[neurons.Scaled]
step = "y = x / 49"
output = "y"

[network]
layers = [
  { kind = "IF", name = "on" },
  { kind = "AvgPool2d", name = "window", kernel_size = 7 },
  { kind = "AdaptiveAvgPool2d", name = "all", output_size = 1, from = "on" },
  { kind = "Flatten", name = "flat", from = "on" },
  { kind = "Voting", name = "votes", voters = 49 },
  { kind = "Linear", name = "sum", out_features = 1, bias = false, from = "flat" },
  { kind = "Scaled", name = "scaled", from = "sum" },
  { kind = "IF", name = "by_window", from = "window" },
  { kind = "IF", name = "by_all", from = "all" },
  { kind = "IF", name = "by_votes", from = "votes" },
  { kind = "IF", name = "by_scaled", from = "scaled" },
]

[outputs]
of_window = { from = "by_window", readout = "sequence" }
of_all = { from = "by_all", readout = "sequence" }
of_votes = { from = "by_votes", readout = "sequence" }
of_scaled = { from = "by_scaled", readout = "sequence" }
of_steps = { from = "on", readout = "mean" }
"""


def lif(x: NDArray[Any], tau: float) -> NDArray[Any]:
    """What SpikingJelly and a loop in eager PyTorch compute on a CPU, in the numbers of NumPy."""
    v, one = np.zeros_like(x[0]), x.dtype.type(1)
    spikes = np.empty_like(x)
    for t, now in enumerate(x):
        h = v + (now - v) / x.dtype.type(tau)
        spikes[t] = h >= one
        v = (one - spikes[t]) * h
    return spikes


def ties(dtype: torch.dtype) -> Tensor:
    """Every time constant and parts of it: inputs that charge to the threshold exactly."""
    x = torch.tensor([[part * tau for tau in TAUS] for part in (1.0, 0.5, 1.5)], dtype=dtype)
    return x.repeat(STEPS, 1, 1)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_time_constant_divides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: str, dtype: torch.dtype
) -> None:
    use(monkeypatch, backend)
    x = ties(dtype)
    layers = {f"n{at}": {"kind": "LIF", "tau": tau} for at, tau in enumerate(TAUS)}
    got = outputs(beside(tmp_path, layers, len(TAUS), STEPS, dtype), x, layers)
    for at, tau in enumerate(TAUS):
        want = lif(x.numpy(), tau)
        assert want[0, 0, at] == 1
        np.testing.assert_array_equal(got[f"n{at}"].numpy(), want, err_msg=f"tau = {tau}")


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_fixed_number_of_each_neuron_divides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    """It is a tensor, and never changes; one that is learned is inverted once a call."""
    use(monkeypatch, backend)
    x = ties(torch.float64)
    taus = {"a": 49.0, "b": 103.0}
    tables = {f"{name}_{per}": {"value": tau, "per": per} for name, tau in taus.items()
              for per in ("channel", "neuron")}  # fmt: skip
    layers = {name: {"kind": "LIF", "tau": table} for name, table in tables.items()}
    got = outputs(beside(tmp_path, layers, len(TAUS), STEPS, torch.float64), x, layers)
    for name, spikes in got.items():
        np.testing.assert_array_equal(spikes.numpy(), lif(x.numpy(), taus[name[0]]), err_msg=name)


def test_the_reference_divides(tmp_path: Path) -> None:
    """So that `snnc verify` finds a product that should be a quotient."""
    x = ties(torch.float64)
    layers = [f'{{ kind = "LIF", name = "n{at}", tau = {TAUS[at]} }}' for at in range(len(TAUS))]
    layers = [layer.replace(" }", ', from = "input" }') for layer in layers]
    head = f'[input]\nshape = [{len(TAUS)}]\nencoder = "none"\n[output]\nreadout = "sequence"\n'
    doc = document(tmp_path, f"{head}[network]\nlayers = [{', '.join(layers)}]\n", STEPS)
    values = Reference(snnc.link(doc))(input=x)
    for at, tau in enumerate(TAUS):
        got = torch.stack(values[f"n{at}"]).numpy()
        np.testing.assert_array_equal(got, lif(x.numpy(), tau), err_msg=f"tau = {tau}")


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("backend", BACKENDS)
def test_equations_of_ones_own_divide(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: str, dtype: torch.dtype
) -> None:
    """By a number, and by a constant parameter."""
    use(monkeypatch, backend)
    tables = "".join(QUOTIENT.format(at=at, value=c) for at, c in enumerate(DIVISORS))
    layers = {f"n{at}": {"kind": f"By{at}"} for at in range(len(DIVISORS))}
    random = torch.Generator().manual_seed(0)
    x = torch.randn(STEPS, 4, 500, generator=random, dtype=torch.float64).to(dtype)
    got = outputs(beside(tmp_path, layers, 500, STEPS, dtype, tables), x, layers)
    for at, c in enumerate(DIVISORS):
        v = torch.zeros_like(x[0])
        for t in range(STEPS):
            v = 0.5 * v + (x[t] - 0.25) / c + x[t] / c
            assert torch.equal(got[f"n{at}"][t], v), f"c = {c}"


@pytest.mark.parametrize("backend", [*BACKENDS, "reference"])
def test_a_mean_divides_by_its_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    """49 spikes over 49 elements or steps are 1, which the next neuron fires at."""
    doc, x = document(tmp_path, MEANS, 49), torch.ones(49, 2, 1, 7, 7, dtype=torch.float64)
    if backend == "reference":
        net: Any = Reference(snnc.link(doc)).double()
    else:
        use(monkeypatch, backend)
        net = network(doc)().double()
    torch.nn.init.ones_(net.get_parameter("sum.weight"))
    found = net(input=x) if backend == "reference" else net(x)._asdict()
    for name in ("of_window", "of_all", "of_votes", "of_scaled", "of_steps"):
        assert {*torch.as_tensor(found[name]).flatten().tolist()} == {1.0}, name
