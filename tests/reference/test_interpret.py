"""The neurons' equations against loops written by hand: forwards, and backwards without autograd.

``by_hand`` is the page of formulas that snnc has to get right; nothing in it comes from snnc.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Literal

import pytest
import torch
from torch import Tensor

import snnc
from snnc import network
from snnc.reference import Reference
from tests.support.nets import document

Form = Literal["reference", "generated"]
FORMS: tuple[Form, ...] = ("reference", "generated")
Field = float | str | bool
INF, NAN = math.inf, math.nan


@dataclass(frozen=True)
class By:
    """A neuron of the hand-written loop; ``tau = None`` integrates without a leak."""

    tau: float | None = None
    decay_input: bool = True
    v_threshold: float = 1.0
    v_reset: float = 0.0
    soft: bool = False
    detach: bool = False

    def fields(self) -> dict[str, Field]:
        """The same as a spec has it."""
        leak: dict[str, Field] = {}
        if self.tau is not None:
            leak = {"kind": "LIF", "tau": self.tau, "decay_input": self.decay_input}
        hard = {} if self.soft else {"v_reset": self.v_reset}
        reset = {"reset": "soft" if self.soft else "hard", "detach_reset": self.detach}
        return {"kind": "IF", **leak, **hard, **reset, "v_threshold": self.v_threshold}


def atan(u: Tensor, alpha: float = 2.0) -> Tensor:
    return (alpha / 2) / (1 + (math.pi / 2 * alpha * u) ** 2)


def by_hand(n: By, x: Tensor, g_out: Tensor) -> tuple[Tensor, Tensor]:
    """The spikes [T, ...] of x, and the gradient of ``(g_out * spikes).sum()`` for x."""
    v = torch.full_like(x[0], n.v_reset)
    hs, ss = [], []
    for x_t in x:
        if n.tau is None:
            h = v + x_t
        elif n.decay_input:
            h = v + (x_t - (v - n.v_reset)) / n.tau
        else:
            h = v - (v - n.v_reset) / n.tau + x_t
        s = (h >= n.v_threshold).to(h)
        v = h - s * n.v_threshold if n.soft else s * n.v_reset + (1 - s) * h
        hs.append(h)
        ss.append(s)
    g, gxs = torch.zeros_like(x[0]), []
    for h, s, gs in reversed(list(zip(hs, ss, g_out, strict=True))):
        sg = atan(h - n.v_threshold)
        through = g * (-n.v_threshold) if n.soft else g * (n.v_reset - h)
        gh = (gs if n.detach else gs + through) * sg + (g if n.soft else g * (1 - s))
        gxs.append(gh / n.tau if n.tau is not None and n.decay_input else gh)
        g = gh if n.tau is None else gh * (1 - 1 / n.tau)
    return torch.stack(ss), torch.stack(gxs[::-1])


def neuron(
    folder: Path, form: Form, fields: Mapping[str, Field], steps: int, size: int
) -> Callable[[Tensor], Tensor]:
    """The neuron alone, from x [T, B, size] to its output [T, B, size]."""
    entry = ", ".join(f"{key} = {json.dumps(value)}" for key, value in fields.items())
    text = f'[input]\nshape = [{size}]\nencoder = "none"\n[network]\nlayers = [{{ {entry} }}]\n'
    doc = document(folder, f'{text}[output]\nreadout = "sequence"\n', steps)
    if form == "generated":
        return network(doc)()
    reference = Reference(snnc.link(doc))

    def run(x: Tensor) -> Tensor:
        output: Tensor = reference(input=x)["output"]
        return output

    return run


def series(*values: float) -> Tensor:
    """One neuron's input over time."""
    return torch.tensor(values, dtype=torch.float64).view(-1, 1, 1).requires_grad_()


BOTH = (False, True)
RESETS = [
    By(v_reset=v_reset, soft=soft, detach=detach)
    for (v_reset, soft), detach in product(((0.0, False), (-0.25, False), (0.0, True)), BOTH)
]
CASES = [
    *RESETS,
    *(
        By(tau, decay, 0.75, reset.v_reset, reset.soft, reset.detach)
        for tau, decay, reset in product((4 / 3, 2.0, 3.0), BOTH, RESETS)
    ),
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("n", CASES, ids=str)
def test_equations_are_those_written_by_hand(tmp_path: Path, form: Form, n: By) -> None:
    torch.manual_seed(1)
    x = (2.2 * torch.randn(9, 4, 5, dtype=torch.float64) + 0.8).requires_grad_()
    weight = torch.randn(9, 4, 5, dtype=torch.float64)
    spikes = neuron(tmp_path, form, n.fields(), 9, 5)(x)
    (gradient,) = torch.autograd.grad((weight * spikes).sum(), x)
    want, want_gradient = by_hand(n, x.detach(), weight)
    assert 0.1 < want.mean() < 0.9
    assert torch.equal(spikes, want)
    torch.testing.assert_close(gradient, want_gradient, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("form", FORMS)
def test_the_smallest_example(tmp_path: Path, form: Form) -> None:
    """Potentials 0.5, 1.0 and, after a reset to 0, 1.5: all of it on paper."""
    x = series(0.5, 0.5, 1.5)
    spikes = neuron(tmp_path, form, {"kind": "IF"}, 3, 1)(x)
    (gradient,) = torch.autograd.grad(spikes.sum(), x)
    a = 1 / (1 + math.pi**2 / 4)  # of the surrogate half a unit from the threshold; at it, 1
    assert spikes.flatten().tolist() == [0, 1, 1]
    assert gradient.flatten().tolist() == pytest.approx([1 - a / 2 + a**2 / 2, 1 - a, a], 1e-14)


BELOW = math.nextafter(1.0, 0.0)
EXACT: dict[str, tuple[dict[str, Field], list[float], list[float]]] = {
    "at the threshold": ({"kind": "IF"}, [1.0, BELOW, 1.0], [1, 0, 1]),
    "another": ({"kind": "IF", "v_threshold": 0.5}, [0.5, 0.25, 0.25], [1, 0, 1]),
    "soft keeps the rest": ({"kind": "IF", "reset": "soft"}, [1.5, 0.5, 0.75, 0.25], [1, 1, 0, 1]),
    "hard forgets it": ({"kind": "IF"}, [1.5, 0.5, 0.5, 0.25], [1, 0, 1, 0]),
    "decayed input": ({"kind": "LIF"}, [2.0, 2 * BELOW, 1.5], [1, 0, 1]),
    "input as it is": ({"kind": "LIF", "decay_input": False}, [1.0, 0.5, 0.75], [1, 0, 1]),
    "from below zero": ({"kind": "IF", "v_reset": -0.5}, [1.5, 1.25, 0.25], [1, 0, 1]),
    "nan": ({"kind": "IF"}, [NAN, 5.0, 5.0], [0, 0, 0]),
    "nan of a leak": ({"kind": "LIF"}, [2.0, NAN, 5.0], [1, 0, 0]),
    "infinity": ({"kind": "IF", "reset": "soft"}, [INF, -INF, 5.0], [1, 0, 0]),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", EXACT)
def test_the_threshold_itself_spikes_and_nan_does_not(
    tmp_path: Path, form: Form, name: str
) -> None:
    fields, x, want = EXACT[name]
    spikes = neuron(tmp_path, form, fields, len(x), 1)(series(*x))
    assert spikes.flatten().tolist() == want


PRIMITIVES: dict[str, Callable[[Tensor, float], Tensor]] = {
    "ATan": lambda u, alpha: torch.atan(math.pi / 2 * alpha * u) / math.pi + 0.5,
    "Sigmoid": lambda u, alpha: torch.sigmoid(alpha * u),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", PRIMITIVES)
@pytest.mark.parametrize("alpha", [0.5, 2.0, 4.0, 25.0])
def test_a_surrogate_is_the_derivative_of_its_primitive(
    tmp_path: Path, form: Form, kind: str, alpha: float
) -> None:
    u = torch.linspace(-3, 3, 25, dtype=torch.float64).requires_grad_()
    (want,) = torch.autograd.grad(PRIMITIVES[kind](u, alpha).sum(), u)
    fields: dict[str, Field] = {"kind": "IF", "surrogate.kind": kind, "surrogate.alpha": alpha}
    x = (u.detach() + 1).view(1, 1, 25).requires_grad_()
    spikes = neuron(tmp_path, form, fields, 1, 25)(x)
    (got,) = torch.autograd.grad(spikes.sum(), x)
    torch.testing.assert_close(got.flatten(), want, rtol=1e-10, atol=1e-13)
