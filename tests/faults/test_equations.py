"""A short form of the random equations; lint and build agree on what is possible."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import torch

from snnc import network
from tests.faults import equations
from tests.faults.comparing import findings
from tests.support.nets import HEAD, document

POWER = """
[input]
shape = [2]
encoder = "none"
[neurons.Mine]
parameters = {{ tau = {tau} }}
state = {{ v = 0.0 }}
step = "h = v + x ** tau\\ns = spike(h - 1.0)\\nv = reset(h, s)"
output = "s"
[network]
layers = [{{ kind = "Mine", name = "n" }}]
[output]
readout = "sequence"
"""


def test_whatever_lint_takes_is_built_and_runs() -> None:
    assert equations.run(short=True) == []


def test_both_answers_are_frequent() -> None:
    told = Counter(bool(findings(equations.draw(seed))) for seed in range(60))
    assert min(told[True], told[False]) > 5


def test_a_power_is_a_number_or_told(tmp_path: Path) -> None:
    """0.5 ** 2 sums to 1 at the fourth step; an exponent that is learned is no equation."""
    net: Any = network(document(tmp_path, POWER.format(tau=2.0)))()
    assert net(torch.full((4, 1, 2), 0.5))[:, 0, 0].tolist() == [0, 0, 0, 1]
    for tau, says in (
        ("{ value = 2.0, learnable = true }", "and `tau` is known only at run time"),
        ("2.5", "an exponent must be an integer from 1 to 8"),
    ):
        (told,) = findings(HEAD.format(steps=4) + POWER.format(tau=tau))
        assert says in told.message


@pytest.mark.parametrize("base", ["(-1)", "(0 - 2)"])
def test_a_power_without_a_value_is_told(base: str) -> None:
    text = HEAD.format(steps=4) + POWER.format(tau=2.0).replace("x ** tau", f"x * {base} ** 0.5")
    (told,) = findings(text)
    assert "this constant has no finite value" in told.message
