"""``train(settings)``: the script as a function, for notebooks, sweeps and clusters."""

import dataclasses
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch

from tests.training.packages import assert_same, latest, run

CPU: dict[str, Any] = {"device": "cpu", "loggers": ["csv"]}


def small(script: ModuleType, **changed: Any) -> Any:
    """The settings of the spec, on a few samples."""
    return dataclasses.replace(script.SPEC, **{"limit": 200, "epochs": 2, **changed})


def test_a_call_is_the_script(script: ModuleType, tmp_path: Path) -> None:
    rows: list[dict[str, float]] = []
    where = {**CPU, "loggers": [rows.append]}
    outcome = script.train(small(script), out_dir=tmp_path / "called", **where)
    run(script, tmp_path / "script", "--epochs", "2")
    assert_same(latest(tmp_path / "called"), latest(tmp_path / "script"))
    best = torch.load(tmp_path / "called/checkpoint_best.pt", weights_only=True)
    assert (outcome.value, outcome.epoch) == (best["best"], best["best_epoch"])
    assert outcome.numbers == best["history"][-1]
    assert outcome.numbers["test/accuracy"] == outcome.value
    assert (outcome.metric, outcome.folder) == ("accuracy", tmp_path / "called")
    assert rows == latest(tmp_path / "called")["history"]
    assert not (tmp_path / "called/pictures").exists()


def test_a_function_can_end_a_run_that_goes_on_later(script: ModuleType, tmp_path: Path) -> None:
    class Pruned(Exception):
        pass

    def prune(row: dict[str, float]) -> None:
        raise Pruned(row["epoch"])

    with pytest.raises(Pruned, match="1"):
        script.train(small(script), out_dir="run", **{**CPU, "loggers": [prune]})
    assert latest(tmp_path / "run")["epoch"] == 1
    assert not (tmp_path / "run/run.lock").exists()
    outcome = script.train(small(script, epochs=3), out_dir="run", resume=True, **CPU)
    run(script, tmp_path / "whole", "--epochs", "3")
    assert_same(latest(tmp_path / "run"), latest(tmp_path / "whole"))
    assert outcome.value == latest(tmp_path / "whole")["best"]
    other = small(script, optimizer={"kind": "SGD", "lr": 0.1})
    said = r"^the run in run has optimizer = .*'lr': 0.5.*, not .*'lr': 0.1.*: another out_dir is"
    with pytest.raises(script.training.RunError, match=said):
        script.train(other, out_dir="run", resume=True, **CPU)
    with pytest.raises(script.training.RunError, match="holds a run"):
        script.train(small(script), out_dir="run", **CPU)


def test_a_thread_may_call_it(script: ModuleType, tmp_path: Path) -> None:
    """Ray Tune does; signals are the main thread's affair."""
    found: list[Any] = []

    def call() -> None:
        found.append(script.train(small(script, epochs=1), out_dir=tmp_path / "run", **CPU))

    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
    assert found[0].epoch == 1


@pytest.mark.parametrize(
    ("changed", "where", "said"),
    [
        ({"epochs": 0}, {}, "These settings cannot be used: the setting epochs"),
        ({"optimizer": {"kind": "Adamm"}}, {}, "These settings cannot be used: in optimizer, "),
        ({}, {"device": "abacus"}, "'abacus' is not a device that torch can use here."),
        ({}, {"loggers": ["board"]}, "There is no logger 'board': expected csv, tensorboard"),
    ],
)
def test_what_cannot_be_trained_is_said_in_a_sentence(
    script: ModuleType, tmp_path: Path, changed: Any, where: Any, said: str
) -> None:
    with pytest.raises(script.training.RunError) as raised:
        script.train(small(script, **changed), **{**CPU, **where})
    assert str(raised.value).startswith(said)
    assert not (tmp_path / "runs").exists()
    with pytest.raises(TypeError, match="no argument lr"):
        script.train(lr=0.1)
