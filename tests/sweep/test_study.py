"""Studies: planned once, shared, and what is broken off waits again."""

import subprocess
import sys
from pathlib import Path

import pytest

from snnc.sweep.study import OtherSweep, Plan, Study, finished
from snnc.sweep.vary import parsed


def plan(trials: int = 4, seed: int = 0, *, tpe: bool = False, prunes: bool = False) -> Plan:
    varied = parsed(["lr=0.1:1", "kind=A,B"])
    return Plan(varied, trials, seed, whole=False, tpe=tpe, prunes=prunes, higher=True)


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'study.db'}"


def test_two_that_share_a_study_train_each_trial_once(tmp_path: Path) -> None:
    one, other = (Study(url(tmp_path), "net", plan()).taken() for _ in range(2))
    found = [next(one), next(other), next(one), next(other)]
    assert sorted(trial.number for trial, _ in found) == [0, 1, 2, 3]
    assert [*one, *other] == []


def test_values_are_those_of_one_process(tmp_path: Path) -> None:
    alone = {t.number: v for t, v in Study("sqlite:///:memory:", "net", plan()).taken()}
    shared: dict[int, object] = {}
    iterators = [Study(url(tmp_path), "net", plan()).taken() for _ in range(2)]
    for trial, values in (next(iterators[n % 2]) for n in range(4)):
        shared[trial.number] = values
    assert shared == alone


def test_a_trial_that_two_processes_planned_is_trained_once(tmp_path: Path) -> None:
    study = Study(url(tmp_path), "net", plan())
    study.study.enqueue_trial({"lr": 0.5, "kind": "A"}, user_attrs={"planned": 2})
    found = []
    for trial, _ in study.taken():
        study.study.tell(trial, 0.5)
        found.append(trial.number)
    assert found == [0, 1, 2, 3]
    assert [t.number for t in finished(study.trials)] == [0, 1, 2, 3]


DIES = """
from tests.sweep.test_study import *
trial, _ = next(Study(sys.argv[1], "net", plan()).taken())
print(trial.number)
"""


def test_a_trial_whose_process_is_gone_waits_again(tmp_path: Path) -> None:
    command = [sys.executable, "-c", DIES, url(tmp_path)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "0\n"
    study = Study(url(tmp_path), "net", plan())
    for trial, _ in study.taken():
        study.study.tell(trial, 0.5)
    assert [t.number for t in finished(study.trials)] == [0, 1, 2, 3]


def test_one_that_is_handed_back_is_the_next(tmp_path: Path) -> None:
    study = Study(url(tmp_path), "net", plan())
    trial, values = next(study.taken())
    study.release(trial)
    again, same = next(Study(url(tmp_path), "net", plan()).taken())
    assert (again.number, same) == (trial.number, values)


def test_more_trials_go_on_with_the_plan(tmp_path: Path) -> None:
    first = Study(url(tmp_path), "net", plan(2))
    for trial, _ in first.taken():
        first.study.tell(trial, 0.5)
    more = {t.number: v for t, v in Study(url(tmp_path), "net", plan(4)).taken()}
    alone = {t.number: v for t, v in Study("sqlite:///:memory:", "net", plan(4)).taken()}
    assert more == {number: alone[number] for number in (2, 3)}


def test_a_study_that_varies_something_else_is_refused(tmp_path: Path) -> None:
    Study(url(tmp_path), "net", plan())
    with pytest.raises(OtherSweep, match="another --study"):
        Study(url(tmp_path), "net", plan(seed=1))


def test_what_is_worse_than_half_of_the_others_is_pruned(tmp_path: Path) -> None:
    study = Study(url(tmp_path), "net", plan(8, prunes=True))
    told = []
    for trial, _ in study.taken():
        value = 0.9 if trial.number < 6 else 0.1
        told.append([study.told(trial, epoch, value) for epoch in (1, 2, 3)])
        study.study.tell(trial, value)
    assert all(all(goes_on) for goes_on in told[:6])
    assert not told[7][-1]


def test_tpe_ends_with_as_many_trials(tmp_path: Path) -> None:
    study = Study(url(tmp_path), "net", plan(5, tpe=True))
    for trial, values in study.taken():
        study.study.tell(trial, float(values["lr"]))
    assert len(finished(study.trials)) == 5
