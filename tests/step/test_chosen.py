"""A branch that is not taken has the gradient 0, whatever its derivative is there."""

from collections.abc import Callable
from math import exp, inf, isnan, log, sqrt
from pathlib import Path

import pytest
import torch
from torch import Tensor

from snnc import network
from snnc.step.chosen import chosen
from snnc.step.link import Reset, link
from snnc.step.parse import parse
from tests.support.beside import BACKENDS, use
from tests.support.nets import document

NETWORK = """
[input]
shape = [{size}]
encoder = "none"
[network]
layers = ["Own"]
[output]
readout = "sequence"
[neurons.Own]
parameters = {{ p = {{ value = 0.5, per = "neuron", learnable = true }} }}
state = {{ v = 0.0 }}
step = '''
{step}
v = 0.5 * v + y
o = v + 0 * p
'''
output = "o"
"""
POINTS = (-2.0, -1.0, -0.5, -0.0, 0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 1e300)
LARGE = 10.0

Slope = Callable[[float], float]


def _log(x: float) -> float:
    return 1 / x if x > 0 else 0.0


BRANCHES: dict[str, tuple[str, Slope]] = {
    "log": ("y = where(x > 0, log(x), 0)", _log),
    "sqrt": ("y = where(x > 0, sqrt(x), 0)", lambda x: 0.5 / sqrt(x) if x > 0 else 0.0),
    "division": ("y = where(x > 0, 1 / x, 0)", lambda x: -1 / x / x if x > 0 else 0.0),
    "powers": ("y = where(x < 10, x**8, 0)", lambda x: 8 * x**7 if x < LARGE else 0.0),
    "a named power": (
        "q = x**8\ny = where(x < 10, q, 0)",
        lambda x: 8 * x**7 if x < LARGE else 0.0,
    ),
    "exp": ("y = where(x < 10, exp(x), 0)", lambda x: exp(x) if x < LARGE else 0.0),
    "the other branch": ("y = where(x <= 0, 0, log(x))", _log),
    "a name of its own": ("l = log(x)\ny = where(x > 0, l, 0)", _log),
    "a name in two choices": (
        "l = log(x)\ny = where(x > 0, l, 0) + 0.5 * where(x > 0.5, l, 1)",
        lambda x: (1 / x if x > 0 else 0.0) + (0.5 / x if x > 0.5 else 0.0),
    ),
    "a chain": (
        "a = 1 / x\nb = sqrt(a)\ny = where(x > 0, b, 0)",
        lambda x: -0.5 / x / sqrt(x) if x > 0 else 0.0,
    ),
    "choices in a choice": (
        "y = where(x > 0, where(x > 0.5, log(x), 1 / x), where(x < 0, sqrt(-x), 0))",
        lambda x: (
            (1 / x if x > 0.5 else -1 / x / x) if x > 0 else (-0.5 / sqrt(-x) if x < 0 else 0.0)
        ),
    ),
    "a maximum": ("y = max(where(x > 0, log(x), -9), -1)", lambda x: 1 / x if log_above(x) else 0),
    "bounds": ("y = clip(1 / x, -5, 5)", lambda x: -1 / x / x if abs(x) >= 0.2 else 0.0),
}


def log_above(x: float) -> bool:
    return x > 0 and log(x) > -1


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", BRANCHES)
def test_a_branch_not_taken_has_no_gradient(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, backend: str
) -> None:
    use(monkeypatch, backend)
    step, slope = BRANCHES[name]
    net = network(document(tmp_path, NETWORK.format(size=len(POINTS), step=step)))().double()
    x = torch.tensor(POINTS, dtype=torch.float64).repeat(2, 1, 1).requires_grad_()
    net(x).sum().backward()
    # a step counts once at its own time and half at the next
    rows = [[[slope(x) * share for x in POINTS]] for share in (1.5, 1.0)]
    want = torch.tensor(rows, dtype=torch.float64)
    torch.testing.assert_close(x.grad, want, rtol=1e-12, atol=0.0)


PARAMETERS: dict[str, tuple[str, Callable[[float, float], float]]] = {
    "a quotient": ("y = where(p > 0, x / p, 0)", lambda p, x: -x / p / p),
    "an equation of parameters": ("k = log(p)\ny = where(p > 0, k, 0) * x", lambda p, x: x / p),
    "a named quotient": ("q = x / p\ny = where(p > 0, q, 0)", lambda p, x: -x / p / p),
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, backend: str
) -> None:
    """Terms of parameters are computed outside of a step, but not those that may be infinite."""
    use(monkeypatch, backend)
    step, slope = PARAMETERS[name]
    net = network(document(tmp_path, NETWORK.format(size=4, step=step)))().double()
    (p,) = net.parameters()
    p.data.copy_(torch.tensor([0.0, -1.0, 0.5, 2.0]))
    y: Tensor = net(torch.full((1, 1, 4), 3.0, dtype=torch.float64))
    (found,) = torch.autograd.grad(y.sum(), [p])
    want = [0.0, 0.0, slope(0.5, 3.0), slope(2.0, 3.0)]
    torch.testing.assert_close(found, torch.tensor(want, dtype=torch.float64))


def test_a_branch_that_is_taken_keeps_its_gradient_even_if_it_is_infinite(tmp_path: Path) -> None:
    net = network(document(tmp_path, NETWORK.format(size=2, step="y = where(x >= 0, sqrt(x), 0)")))
    x = torch.tensor([[[0.0, -1.0]]], requires_grad=True)
    net()(x).sum().backward()
    assert x.grad is not None
    assert x.grad.flatten().tolist() == [inf, 0.0]


def test_what_nothing_chooses_is_as_in_pytorch(tmp_path: Path) -> None:
    """The slope of sqrt is infinite at 0 and that of abs is 0: their product is no number."""
    net = network(document(tmp_path, NETWORK.format(size=2, step="y = sqrt(abs(x))")))
    x = torch.tensor([[[0.0, 4.0]]], requires_grad=True)
    net()(x).sum().backward()
    assert x.grad is not None
    nothing, quarter = x.grad.flatten().tolist()
    assert isnan(nothing)
    assert quarter == 0.25


def names(step: str, state: str = "v") -> list[str]:
    linked = link(parse(step), ["x"], [state], {}, "y", Reset())
    return sorted(chosen(linked))


def test_names_that_only_choices_read() -> None:
    assert names("a = log(x)\nb = 2 * a\ny = where(x > 0, b, 0) + v\nv = y") == ["a", "b"]
    assert names("a = log(x)\ny = where(x > 0, a, 0) + a + v\nv = y") == []


def test_a_state_that_only_choices_read_is_one_over_time() -> None:
    assert names("y = where(x > 0, v, 0)\nv = 1 / x") == ["v", "v_2"]
    assert names("y = where(x > 0, v, 0) + 0 * v\nv = 1 / x") == []


def test_a_state_of_no_value_that_is_never_taken_gives_no_gradient(tmp_path: Path) -> None:
    text = NETWORK.format(size=2, step="y = where(w < 10, w, 0)\nw = 1 / x")
    text = text.replace("{ v = 0.0 }", "{ v = 0.0, w = 0.0 }")
    x = torch.tensor([[[0.0, 2.0]]]).repeat(2, 1, 1).requires_grad_()
    network(document(tmp_path, text))()(x).sum().backward()
    assert x.grad is not None
    assert x.grad[0].flatten().tolist() == [0.0, -0.25]
