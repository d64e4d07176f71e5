"""``--profile``: where the time goes, and nothing else happens."""

import json
from pathlib import Path
from types import ModuleType

import pytest

from tests.training.packages import MSE, SGD, assert_same, build, latest, run, undrawn

ONE_CYCLE = 'scheduler = { kind = "OneCycleLR", max_lr = 0.5 }\n'
PENALTY = 'penalties = [{ kind = "firing_rate", of = "hidden", target = 0.1, weight = 1.0 }]\n'


def names(trace: Path) -> list[str]:
    """What was recorded, in any order."""
    return [event["name"] for event in json.loads(trace.read_text("utf-8"))["traceEvents"]]


@pytest.mark.parametrize("flags", ["--profile 2", "--profile 5 --accumulate 2", "--profile"])
def test_so_many_steps_are_recorded(
    script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: str
) -> None:
    folder, words = tmp_path / "run", [*flags.split(), "--limit", "200", "--device", "cpu"]
    assert script.main([*words, "--out-dir", str(folder)]) == 0
    steps = 10 if flags == "--profile" else int(words[1])
    assert [path.name for path in folder.iterdir()] == ["trace.json"]
    assert names(folder / "trace.json").count("Optimizer.step#SGD.step") == steps
    head, *rows, summary, where = capsys.readouterr().out.splitlines()
    assert head.split() == ["ms", "a", "step", "share", "calls", "operation"]
    shares = [float(row.split()[1].removesuffix("%")) for row in rows]
    assert sum(shares) == pytest.approx(100, abs=0.1 * len(rows))
    assert shares[:-1] == sorted(shares[:-1], reverse=True)
    assert summary.startswith(f"{steps} steps of ")
    assert str(folder / "trace.json") in where


def test_a_run_goes_on_as_if_nobody_had_looked(script: ModuleType, tmp_path: Path) -> None:
    run(script, tmp_path / "one", "--epochs", "2")
    run(script, tmp_path / "other", "--epochs", "1")
    before = latest(tmp_path / "other")
    run(script, tmp_path / "other", "--epochs", "1", "--profile", "1")
    assert_same(latest(tmp_path / "other"), before)
    assert script.main(["--resume", str(tmp_path / "other"), "--profile", "1"]) == 0
    run(script, tmp_path / "other", "--epochs", "2", "--resume")
    one, other = (latest(tmp_path / name) for name in ("one", "other"))
    assert_same(other["model"], one["model"])


def test_penalties_and_a_schedule_that_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = build(tmp_path, "watched", MSE + PENALTY + SGD + ONE_CYCLE)
    undrawn(script, monkeypatch)
    folder = tmp_path / "run"
    flags = ["--epochs", "1", "--limit", "50", "--profile", "3", "--out-dir", str(folder)]
    assert script.main([*flags, "--device", "cpu"]) == 0
    assert names(folder / "trace.json").count("Optimizer.step#SGD.step") == 3


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        ("--profile 0", "--profile: must be a whole number from 1 up, not '0'"),
        ("--profile --restart", "--profile and --restart exclude each other"),
        ("--profile --evaluate", "--profile and --evaluate exclude each other"),
    ],
)
def test_refused(
    script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: str, says: str
) -> None:
    with pytest.raises(SystemExit) as stopped:
        script.main(flags.split())
    assert stopped.value.code == 2
    assert says in " ".join(capsys.readouterr().err.split())
    assert list(tmp_path.iterdir()) == []
