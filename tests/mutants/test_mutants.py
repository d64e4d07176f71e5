"""Every condition of a pass is there for a case that would be wrong without it."""

import pytest

from snnc.passes import PIPELINE
from tests.mutants.cases import CASES
from tests.mutants.kill import first_finding, killed_by
from tests.mutants.mutants import MUTANTS, Mutant


@pytest.mark.parametrize("case", CASES)
def test_a_case_is_right_as_long_as_everything_is_asked(case: str) -> None:
    assert first_finding(case) == ""


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_a_mutant_is_noticed(mutant: Mutant) -> None:
    found = dict(killed_by(mutant))
    assert [*found] == [*mutant.cases]
    assert all(found.values()), found


def test_every_pass_has_a_mutant() -> None:
    """A mutant is called by the pass whose condition it leaves out."""
    assert {step.name for step in PIPELINE} <= {mutant.name.split()[0] for mutant in MUTANTS}


def test_every_case_is_for_a_mutant() -> None:
    assert {case for mutant in MUTANTS for case in mutant.cases} == CASES.keys()
