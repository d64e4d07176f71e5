"""``python -m NAME.runs``: which runs there are, how far each came, and what tells them apart."""

import csv
import importlib
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.training.packages import run, undrawn
from tests.training.test_folder import holder

BASE = Path("runs/shared_net")


@pytest.fixture(scope="module")
def trained(shared: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two runs below runs/shared_net."""
    folder = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        undrawn(shared, patch)
        run(shared, folder / BASE / "one", "--epochs", "2", "--early-stop", "9")
        flags = ("--epochs", "1", "--lr", "0.01", "--scheduler", "none", "--early-stop", "9")
        run(shared, folder / BASE / "two", *flags)
    return folder


@pytest.fixture
def listed(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The runtime's module, in a folder with a copy of these runs."""
    shutil.copytree(trained / "runs", tmp_path / "runs")
    monkeypatch.chdir(tmp_path)
    return importlib.import_module("snn_runtime.comparison")


def told(listed: Any, capsys: pytest.CaptureFixture[str], *argv: str) -> list[dict[str, Any]]:
    """The runs as JSON."""
    capsys.readouterr()
    assert listed.main("shared_net", "accuracy", True, [*argv, "--format", "json"]) == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return found


def test_the_best_is_first_with_the_settings_that_differ(
    listed: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = told(listed, capsys)
    assert {row["run"] for row in rows} == {"one", "two"}
    assert rows[0]["test/accuracy"] >= rows[1]["test/accuracy"]
    one, two = sorted(rows, key=lambda row: str(row["run"]))
    with (BASE / "one/metrics.csv").open(encoding="utf-8", newline="") as file:
        metrics = [*csv.DictReader(file)]
    assert one["test/accuracy"] == float(metrics[one["best epoch"] - 1]["test/accuracy"])
    assert (one["epochs"], one["of"], one["state"]) == (2, 2, "finished")
    names = {"run", "state", "epochs", "of", "best epoch", "test/accuracy", "train/accuracy"}
    assert one.keys() - names == {"optimizer.lr", "scheduler.kind", "scheduler.T_max"}
    assert (one["optimizer.lr"], two["optimizer.lr"]) == (0.5, 0.01)
    assert (one["scheduler.kind"], two["scheduler.kind"]) == ("CosineAnnealingLR", None)
    assert told(listed, capsys, "--all")[0]["hidden.v_threshold"] == 0.25


def test_a_table_and_csv_tell_the_same(listed: Any, capsys: pytest.CaptureFixture[str]) -> None:
    rows = told(listed, capsys)
    assert listed.main("shared_net", "accuracy", True, ["runs", "--format", "csv"]) == 0
    found = [*csv.DictReader(io.StringIO(capsys.readouterr().out))]
    assert [row["run"] for row in found] == [f"shared_net/{row['run']}" for row in rows]
    assert [float(row["test/accuracy"]) for row in found] == [r["test/accuracy"] for r in rows]
    assert listed.main("shared_net", "accuracy", True, [str(BASE / "one"), str(BASE / "two")]) == 0
    head, first, _, last = capsys.readouterr().out.splitlines()
    assert head.split()[:4] == ["run", "state", "epochs", "of"]
    assert f"{rows[0]['test/accuracy']:.2%}" in first
    assert last == f"2 runs in {BASE / 'one'} and {BASE / 'two'}."


def test_the_state_of_a_run(
    shared: ModuleType, listed: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = BASE / "one/settings.toml"
    text = settings.read_text("utf-8")
    for wanted, patience, state in [(9, 9, "unfinished"), (9, 0, "stopped early")]:
        changed = text.replace("epochs = 2", f"epochs = {wanted}")
        settings.write_text(changed.replace("early_stop = 9", f"early_stop = {patience}"), "utf-8")
        (row,) = told(listed, capsys, str(BASE / "one"))
        assert row["state"] == state
    with holder(shared, BASE / "one") as process:
        assert told(listed, capsys, str(BASE / "one"))[0]["state"] == "running"
        process.kill()
    assert told(listed, capsys, str(BASE / "one"))[0]["state"] == "stopped early"
    (BASE / "one/run.lock").write_text(f"process {os.getpid()} on here since now")
    assert told(listed, capsys, str(BASE / "one"))[0]["state"] == "running"
    settings.write_text("epochs = ")
    assert [r["state"] for r in told(listed, capsys)] == ["finished", "unreadable"]


def test_the_script_says_that_there_is_none(shared: ModuleType, tmp_path: Path) -> None:
    package = Path(str(shared.__file__)).parent
    command = [sys.executable, str(package / "runs.py")]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    said = "There is no run in runs/shared_net: train first (python -m shared_net.train).\n"
    assert (ran.returncode, ran.stdout, ran.stderr) == (1, "", said)
