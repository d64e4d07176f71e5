"""Random networks are computed as the reference computes them; what ever failed does no more."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.fuzz import labels
from tests.fuzz.check import FUZZ, ON_C, findings, holds
from tests.fuzz.specs import specs

REGRESSIONS = sorted((FUZZ / "regressions").glob("*.snn.toml"))


@settings(
    max_examples=25,
    derandomize=True,
    phases=[Phase.generate],  # `make fuzz` makes what fails smaller
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(text=specs(), on_c=ON_C)
def test_random_specs(text: str, on_c: bool) -> None:
    holds(text, ("c",) if on_c else ("torch",))


@settings(max_examples=200, derandomize=True, database=None, deadline=None)
@given(drawn=labels.labelled())
def test_labels_a_step(drawn: labels.Labelled) -> None:
    labels.holds(drawn)


@pytest.mark.parametrize("path", REGRESSIONS, ids=lambda path: path.name.partition(".")[0])
def test_regressions(path: Path) -> None:
    assert findings(path) == []
