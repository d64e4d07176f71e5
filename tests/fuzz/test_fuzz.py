"""Random networks are computed as the reference computes them; what ever failed does no more."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from snnc.kinds import catalog
from tests.fuzz import labels
from tests.fuzz.check import FUZZ, ON_C, findings, holds
from tests.fuzz.kinds import NEURON, fitting
from tests.fuzz.sketch import Fields
from tests.fuzz.specs import specs

REGRESSIONS = sorted((FUZZ / "regressions").glob("*.snn.toml"))


def seen(count: int) -> settings:
    """So many examples, always the same."""
    return settings(
        max_examples=count,
        derandomize=True,
        phases=[Phase.generate],  # `make fuzz` makes what fails smaller
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@seen(25)
@given(text=specs(), on_c=ON_C)
def test_random_specs(text: str, on_c: bool) -> None:
    holds(text, ("c",) if on_c else ("torch",))


def test_every_layer_and_neuron_is_drawn() -> None:
    """A kind that the fuzzer does not know is a line in kinds.py or, for a join, in specs.py."""
    drawn = set[str]()

    @seen(1000)
    @given(st.tuples(*(fitting((4,) * rank) for rank in (1, 2, 3, 4)), NEURON))
    def alone(layers: tuple[Fields, ...]) -> None:
        drawn.update(layer["kind"] for layer in layers)

    @seen(300)
    @given(specs())
    def joined(text: str) -> None:
        drawn.update(re.findall(r'kind = "(\w+)"', text))

    alone()
    joined()
    assert drawn >= {*catalog("snnc.layers"), *catalog("snnc.neurons")}


@settings(max_examples=200, derandomize=True, database=None, deadline=None)
@given(drawn=labels.labelled())
def test_labels_a_step(drawn: labels.Labelled) -> None:
    labels.holds(drawn)


@pytest.mark.parametrize("path", REGRESSIONS, ids=lambda path: path.name.partition(".")[0])
def test_regressions(path: Path) -> None:
    assert findings(path) == []
