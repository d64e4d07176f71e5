"""The command line: defaults of the spec, ranges, and flags that do not apply."""

import tomllib
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from snnc.kinds import catalog
from tests.training.packages import latest, run


def settings(script: ModuleType, *flags: str) -> Any:
    """What a new run would do."""
    given = (script.NETWORK, script.SPEC, script.FIXED_STEPS)
    options, spec = script.training.parse(script.__package__, *given, flags)
    with ExitStack() as held:
        return script.training.start(spec, options, held).settings


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        ("--epochs 0", "--epochs: must be a whole number from 1 up, not '0'"),
        ("--epochs 1.5", "--epochs: must be a whole number from 1 up, not '1.5'"),
        ("--batch-size -3", "--batch-size: must be a whole number from 1 up, not '-3'"),
        ("--workers x", "--workers: must be a whole number from 0 up, not 'x'"),
        ("--accumulate 0", "--accumulate: must be a whole number from 1 up, not '0'"),
        ("--lr 0", "--lr: must be a number above 0, not '0'"),
        ("--lr nan", "--lr: must be a number above 0, not 'nan'"),
        ("--momentum -1", "--momentum: must be a number from 0, not '-1'"),
        ("--grad-clip 0", "--grad-clip: must be a number above 0, not '0'"),
        ("--label-smoothing 2", "--label-smoothing: must be a number from 0 to 1, not '2'"),
        ("--label-smoothing 0.1", "--label-smoothing does not apply: no loss is cross_entropy"),
        (
            "--opt Rprop",
            "--opt: must be one of Adam, AdamW, NAdam, RAdam, RMSprop, SGD, not 'Rprop'",
        ),
        (
            "--scheduler cos",
            "must be one of none, CosineAnnealingLR, CosineAnnealingWarmRestarts, ",
        ),
        ("--scheduler CosineAnnealingWarmRestarts", "CosineAnnealingWarmRestarts needs --t-0"),
        ("--patience 2", "--patience does not apply to --scheduler CosineAnnealingLR"),
        ("--opt Adam --momentum 0.9", "--momentum does not apply to --opt Adam"),
        ("--gamma 0.5", "--gamma does not apply to --scheduler CosineAnnealingLR"),
        ("--scheduler none --t-max 3", "--t-max does not apply to --scheduler none"),
        ("--scheduler StepLR", "--scheduler StepLR needs --step-size"),
        ("--scheduler OneCycleLR", "--scheduler OneCycleLR needs --max-lr"),
        ("--amp --dtype float64", "--dtype float64 needs --no-amp"),
        ("--device abacus", "--device: 'abacus' is not a device that torch can use here"),
        ("--resume --restart", "--restart and --resume exclude each other"),
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


@pytest.mark.parametrize(
    ("flags", "changes"),
    [
        ("", {}),
        ("--lr 0.25", {"optimizer": {"kind": "SGD", "lr": 0.25, "momentum": 0.9}}),
        ("--opt adam", {"optimizer": {"kind": "Adam", "lr": 1e-3}}),
        (
            "--opt SGD --weight-decay 1e-4",
            {"optimizer": {"kind": "SGD", "lr": 0.5, "momentum": 0.9, "weight_decay": 1e-4}},
        ),
        ("--scheduler none", {"scheduler": None}),
        ("--t-max 9", {"scheduler": {"kind": "CosineAnnealingLR", "T_max": 9}}),
        (
            "--scheduler StepLR --step-size 2 --gamma 0.5",
            {"scheduler": {"kind": "StepLR", "step_size": 2, "gamma": 0.5}},
        ),
        ("--amp --seed 7 --limit 9", {"amp": True, "seed": 7, "limit": 9}),
        ("--warmup-epochs 0.5 --grad-clip 2", {"warmup_epochs": 0.5, "grad_clip": 2.0}),
    ],
)
def test_flags_change_what_they_name(
    script: ModuleType, flags: str, changes: dict[str, Any]
) -> None:
    assert vars(settings(script, *flags.split())) == vars(script.SPEC) | changes


def test_a_resumed_run_keeps_its_own(
    script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(script, tmp_path / "run", "--epochs", "1", "--lr", "0.25")
    for flags, says in [
        ("--lr 0.5", "--lr: a run that is resumed keeps its own (0.25); another value is "),
        ("--batch-size 10", "--batch-size: a run that is resumed keeps its own (50)"),
        ("--opt Adam --momentum 0.5", "--momentum does not apply to --opt Adam"),
    ]:
        assert script.main(["--resume", "run", *flags.split()]) == 1
        assert says in capsys.readouterr().err
    assert latest(tmp_path / "run")["epoch"] == 1


def test_a_run_is_named_by_its_settings_and_states_them(script: ModuleType, tmp_path: Path) -> None:
    flags = "--epochs 1 --limit 100 --scheduler none --data-dir".split()
    assert script.main([*flags, 'a "b"\\\x7fä']) == 0
    name = f"T4_b50_SGD_lr0.5_momentum0.9_limit100_seed0_{script.NETWORK.digest[:8]}"
    folder = tmp_path / "runs" / "shared_net" / name
    found = tomllib.loads((folder / "settings.toml").read_text("utf-8"))
    assert found["optimizer"] == {"kind": "SGD", "lr": 0.5, "momentum": 0.9}
    assert (found["epochs"], found["limit"], found["seed"]) == (1, 100, 0)
    assert found["run"]["data_dir"] == 'a "b"\\\x7fä'


def test_optimizers_and_schedulers_are_those_of_specs(script: ModuleType) -> None:
    made = script.training.optimizers
    assert set(made.OPTIMIZERS) == set(catalog("snnc.optimizers"))
    assert set(made.SCHEDULERS) == set(catalog("snnc.schedulers"))


def test_help_tells_every_default(script: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        script.main(["--help"])
    said = " ".join(capsys.readouterr().out.split())
    for flag, default in [("lr", "0.5"), ("t-max", "4"), ("batch-size", "50"), ("opt", "SGD")]:
        assert f"(default: {default})" in said[said.rindex(f"--{flag} ") :][:160]


def test_time_steps_reach_the_network(script: ModuleType, tmp_path: Path) -> None:
    state = run(script, tmp_path / "run", "--epochs", "1", "--time-steps", "3")
    assert state["settings"]["time_steps"] == 3
    net = script.make_network(script.training.Settings(**state["settings"]))
    assert net.time_steps == 3


def test_early_stop(script: ModuleType, tmp_path: Path) -> None:
    state = run(script, tmp_path / "run", "--epochs", "9", "--lr", "1e-9", "--early-stop", "2")
    assert state["epoch"] - state["best_epoch"] in {0, 2}
    still = [row["test/accuracy"] for row in state["history"]]
    assert state["best"] == max(still)
