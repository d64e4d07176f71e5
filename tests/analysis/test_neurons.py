"""Charging, potentials and slopes: what follows from equations alone."""

from math import inf
from typing import Any

import pytest

from snnc.analysis.charging import charging, response
from snnc.analysis.potentials import highest
from snnc.analysis.slopes import passed, slope
from snnc.neuron import Neuron
from snnc.neurons.alif import ALIF
from snnc.neurons.cubalif import CUBALIF
from snnc.neurons.eif import EIF
from snnc.neurons.if_ import IF
from snnc.neurons.lif import LIF
from snnc.neurons.plif import PLIF
from snnc.neurons.resonate_and_fire import ResonateAndFire
from snnc.neurons.ternary_lif import TernaryLIF
from snnc.sections.user_kinds import OwnNeuron
from snnc.surrogates.atan import ATan
from snnc.surrogates.fast_sigmoid import FastSigmoid
from snnc.surrogates.log_tailed_relu import LogTailedReLU
from snnc.surrogates.super_spike import SuperSpike


def gains(neuron: Neuron) -> dict[str, dict[str, float]]:
    """The derivative of every next state by every state and input."""
    step = charging(neuron)
    assert step is not None
    return {s: {k: round(g, 3) for k, g in f.gains.items()} for s, f in step.next.items()}


def own(step: str, output: str = "v", **state: float) -> Neuron:
    kind: Any = OwnNeuron(state=state, step=step, output=output).kind("Mine")
    made: Neuron = kind()
    return made


def test_the_derivative_of_a_state() -> None:
    assert gains(LIF(tau=4.0)) == {"v": {"v": 0.75, "x": 0.25}}
    assert gains(CUBALIF())["v"] == {"c": 0.5, "x": 1.0, "v": 0.75}
    assert gains(own("v = v - (x - v) / 2", v=0.0)) == {"v": {"v": 1.5, "x": -0.5}}
    assert gains(own("v = detach(v) * 3 + x", v=0.0)) == {"v": {"v": 3.0, "x": 1.0}}
    assert gains(own("v = v * v + x", v=0.5)) == {"v": {"v": 1.0, "x": 1.0}}


@pytest.mark.parametrize(
    ("neuron", "linear", "varies"),
    [
        (LIF(), True, False),
        (TernaryLIF(), True, False),
        (ResonateAndFire(), True, False),
        (PLIF(), True, True),
        (EIF(), False, False),
    ],
)
def test_linear_everywhere(neuron: Neuron, linear: bool, varies: bool) -> None:
    step = charging(neuron)
    assert step is not None
    assert (step.linear, step.varies) == (linear, varies)


def test_equations_without_a_value_at_rest() -> None:
    assert charging(own("v = v + x / v", v=0.0)) is None


def top(neuron: Neuron, steps: int, high: float = 1.0, low: float = 0.0) -> float:
    step = charging(neuron)
    assert step is not None
    return highest(step, {"x": (low, high)}, steps)


def test_the_highest_potential_is_that_of_the_largest_input() -> None:
    assert top(LIF(), 4) == 1 - 0.5**4 - 1
    assert top(LIF(v_threshold=0.9), 4) > 0
    assert top(IF(v_threshold=3.0), 2) == -1.0
    assert top(IF(v_threshold=3.0), 3) == 0.0
    assert -1e-8 < top(LIF(), 1000) < 0
    assert top(TernaryLIF(), 4, high=0.0, low=-3.0) > 0  # a spike of -1
    assert top(CUBALIF(), 8) > 0
    assert top(LIF(), 4, high=inf) == inf
    assert top(EIF(), 4) == inf
    assert top(LIF(tau=1e6), 1000) == inf  # too slow to follow
    assert top(ALIF(), 8) < 0


def test_a_potential_that_starts_high_or_drifts() -> None:
    assert top(LIF(initial={"v": 3.0}), 4) > 0
    drifting = own("h = v + x + 0.25\ns = spike(h - 1)\nv = reset(h, s)", "s", v=0.0)
    assert top(drifting, 3, high=0.0) == -0.25
    assert top(drifting, 4, high=0.0) == 0.0


def test_a_simulation_never_gets_higher() -> None:
    """The same number as stepping with the largest input."""
    step = charging(CUBALIF(v_threshold=9.0))
    assert step is not None
    c = v = 0.0
    for _ in range(6):
        c = c * 0.5 + 1.0
        v = v * 0.75 + c
    assert highest(step, {"x": (-1.0, 1.0)}, 6) == pytest.approx(v - 9.0)
    assert sum(response(step, 0, "x", 6)) == pytest.approx(v)


def test_slopes() -> None:
    assert slope(FastSigmoid(alpha=25.0), 0.0) == 25.0
    assert slope(SuperSpike(), 0.0) == 1.0
    assert slope(LogTailedReLU(), -1.0) == 0.0
    assert passed(ATan(), 1.0) == pytest.approx(0.243, rel=0.05)
    assert passed(SuperSpike(), 1.0) == pytest.approx(0.045, rel=0.05)
