"""Loggers by name: stand-ins for their libraries write down what they are given."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.training.packages import run
from tests.training.test_checkpoints import says

WANDB = """\
import json
calls = []
class Run:
    def __init__(self, id):
        self.id = id or "abc"
    def log(self, row, step):
        calls.append(["log", step, row])
    def finish(self):
        calls.append(["finish"])
def init(**told):
    calls.append(["init", told])
    return Run(told["id"])
"""
MLFLOW = """\
from types import SimpleNamespace
calls = []
class MlflowClient:
    def get_experiment_by_name(self, name):
        return None
    def create_experiment(self, name):
        calls.append(["experiment", name])
        return "7"
    def create_run(self, experiment, run_name):
        calls.append(["run", experiment, run_name])
        return SimpleNamespace(info=SimpleNamespace(run_id="r1"))
    def __getattr__(self, name):
        return lambda *args, **told: calls.append([name, *args, told])
"""


@pytest.fixture
def libraries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Modules wandb and mlflow, which any installed ones stand behind."""
    for name, text in (("wandb", WANDB), ("mlflow", MLFLOW)):
        (tmp_path / "libraries").mkdir(exist_ok=True)
        (tmp_path / f"libraries/{name}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path / "libraries")
    yield
    for name in ("wandb", "mlflow"):
        sys.modules.pop(name, None)


def calls(name: str) -> list[Any]:
    """The calls of a stand-in so far, which it then forgets."""
    module: Any = sys.modules[name]
    found = [*module.calls]
    module.calls.clear()
    return found


def test_every_logger_is_given_every_epoch(
    script: ModuleType, libraries: None, tmp_path: Path
) -> None:
    flags = ("--loggers", "wandb,mlflow,wandb")
    history = run(script, tmp_path / "run", "--epochs", "1", *flags)["history"]
    (init, told), logged, finished = calls("wandb")
    assert (init, told["project"], told["name"], told["id"]) == ("init", "shared_net", "run", None)
    assert told["config"]["optimizer.lr"] == 0.5
    assert told["config"]["run.loggers"] == ["wandb", "mlflow"]
    rest = {name: value for name, value in history[0].items() if name != "epoch"}
    assert (logged, finished) == (["log", 1, rest], ["finish"])
    done = calls("mlflow")
    assert done[:2] == [["experiment", "shared_net"], ["run", "7", "run"]]
    assert ["log_param", "r1", "batch_size", 50, {}] in done
    assert ["log_metric", "r1", "test/loss", rest["test/loss"], {"step": 1}] in done
    assert done[-1] == ["set_terminated", "r1", {}]
    assert not [*(tmp_path / "run").glob("events.out.*")]

    run(script, tmp_path / "run", "--epochs", "2", "--resume", *flags)
    (_, told), (_, step, _), _ = calls("wandb")
    assert (told["id"], told["resume"], step) == ("abc", "allow", 2)
    assert calls("mlflow")[0] == ["update_run", "r1", "RUNNING", {}]
    run(script, tmp_path / "run", "--epochs", "1", "--restart", "--loggers", "wandb")
    assert calls("wandb")[0][1]["id"] is None
    assert json.loads((tmp_path / "run/loggers.json").read_text()) == {"wandb": "abc"}


def test_a_logger_that_fails_does_not_end_the_training(
    script: ModuleType, libraries: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "libraries/wandb.py"
    path.write_text(WANDB.replace('calls.append(["log", step, row])', "raise KeyError('gone')"))
    run(script, tmp_path / "run", "--epochs", "1", "--loggers", "wandb")
    said = "The logger wandb lost epoch 1, metrics.csv has it: 'gone'\n"
    assert said in capsys.readouterr().err
    path.write_text(
        WANDB.replace('    calls.append(["init", told])', '    raise ValueError("no key")')
    )
    sys.modules.pop("wandb")
    said = says(script, capsys, "--out-dir", "other", "--loggers", "wandb")
    assert said == "The logger wandb cannot begin: no key\n"


def test_a_library_that_is_missing_is_told_before_anything_is_written(
    script: ModuleType,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loggers: Any = sys.modules[f"{script.training.__name__}.loggers"]
    monkeypatch.setattr(loggers, "find_spec", lambda _: None)
    said = says(script, capsys, "--out-dir", "run", "--loggers", "csv,mlflow")
    advice = "pip install mlflow, or --loggers csv."
    assert said == f"The logger mlflow needs the package mlflow: {advice}\n"
    assert not (tmp_path / "run").exists()
    run(script, tmp_path / "run", "--epochs", "1", "--loggers", "csv")
    assert not [*(tmp_path / "run").glob("events.out.*")]


def test_names_that_are_no_loggers_are_refused(
    script: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        script.main(["--loggers", "csv,board"])
    assert ended.value.code == 2
    said = "argument --loggers: must be one of csv, tensorboard, wandb, mlflow, not 'board'"
    assert said in capsys.readouterr().err


def test_a_spec_names_its_loggers(script: ModuleType) -> None:
    loggers: Any = sys.modules[f"{script.training.__name__}.loggers"]
    assert loggers.usual(script.NETWORK.spec) == ("tensorboard",)
    assert loggers.usual('[train]\nloggers = ["csv", "wandb"]') == ("csv", "wandb")


def test_only_named_libraries_are_imported(script: ModuleType, tmp_path: Path) -> None:
    assert not {"wandb", "mlflow"} & sys.modules.keys()
    run(script, tmp_path / "run", "--epochs", "1")
    assert not {"wandb", "mlflow"} & sys.modules.keys()
    assert [*(tmp_path / "run").glob("events.out.*")]
