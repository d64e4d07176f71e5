"""Bounds of equations, and their values."""

from math import inf

import pytest

from snnc.neurons.ilif import ILIF
from snnc.neurons.lif import LIF
from snnc.neurons.ternary_lif import TernaryLIF
from snnc.step.bounds import ANYTHING, Bounds, hull, output
from snnc.step.evaluate import evaluate
from snnc.step.parse import parse_expression
from snnc.step.ssa import Assign, Step


def bounds(text: str, **values: Bounds) -> Bounds:
    body = (Assign("y", parse_expression(text), "y"),)
    return output(Step(tuple(values), (), (), body, "y", {}), values)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b", (-1.0, 5.0)),
        ("a - b", (-4.0, 2.0)),
        ("-a", (-2.0, 1.0)),
        ("a * b", (-3.0, 6.0)),
        ("abs(a)", (0.0, 2.0)),
        ("relu(a)", (0.0, 2.0)),
        ("clip(a, 0, 1)", (0.0, 1.0)),
        ("min(a, b)", (-1.0, 2.0)),
        ("max(a, b)", (0.0, 3.0)),
        ("where(a > 0, a, b)", (-1.0, 3.0)),
        ("spike(a) * 2", (0.0, 2.0)),
        ("spike(a) - spike(-a)", (-1.0, 1.0)),
        ("sigmoid(a)", (0.0, 1.0)),
        ("floor(a)", (-1.0, 2.0)),
        ("floor(a * 0.5)", (-1.5, 1.0)),
        ("detach(a)", (-1.0, 2.0)),
        ("a / b", ANYTHING),
        ("exp(a)", ANYTHING),
        ("u", ANYTHING),
        ("u * 0", (0.0, 0.0)),
    ],
)
def test_bounds(text: str, expected: Bounds) -> None:
    assert bounds(text, a=(-1.0, 2.0), b=(0.0, 3.0)) == expected


def test_spikes_of_neurons() -> None:
    assert LIF().bounds((-inf, inf)) == (0.0, 1.0)
    assert TernaryLIF().bounds((-inf, inf)) == (-1.0, 1.0)
    assert ILIF(D=3).bounds((-inf, inf)) == (0.0, 3.0)
    assert hull((0.0, 1.0), (-2.0, 0.5)) == (-2.0, 1.0)


def test_a_value() -> None:
    assert evaluate(parse_expression("where(u > 0, 1 / u, -1)"), {"u": 4.0}) == 0.25
    assert evaluate(parse_expression("where(u > 0, 1 / u, -1)"), {"u": 0.0}) == -1.0
    with pytest.raises(ArithmeticError):
        evaluate(parse_expression("1 / u"), {"u": 0.0})
    with pytest.raises(KeyError):
        evaluate(parse_expression("u"), {})
