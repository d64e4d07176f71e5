"""Short forms of machine faults, and that they can fail."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults import machines, parts
from tests.faults.machines import Machine

QUICK = (machines.builds_at_once, machines.spoilt_caches, machines.poisoned_pickles)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    code, out, err = made.ended(made.build())
    assert code == 0, out + err
    return made


@pytest.mark.parametrize("fault", QUICK, ids=lambda fault: fault.__name__)
def test_faults_of_machines(
    machine: Machine, fault: Callable[[Machine, int], Iterator[str]]
) -> None:
    assert [*fault(machine, 2)] == []


def test_they_are_a_part_of_make_faults() -> None:
    assert "machines" in parts.found()


def test_other_answers_are_found() -> None:
    assert machines.alike("answer 1.0 2.0\n", "answer 1.000001 2.0")
    assert not machines.alike("answer 1.0 2.0", "answer 1.1 2.0")
    assert not machines.alike("code 1: Traceback", "answer 1.0 2.0")


def test_what_is_left_over_is_found(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    (tmp_path / "run.lock").touch()
    assert [*machine.left_over()] == ["run.lock"]
