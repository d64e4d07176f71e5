"""NaN and infinity in data, loss or gradient stop a run in one sentence; so says a silent layer."""

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from tests.training.packages import LAYERS, MSE, SGD, build, latest, run

SPLITS = {"train": (0, "training"), "test": (2, "test")}


@pytest.fixture
def arrays(tmp_path: Path) -> dict[str, Any]:
    random = np.random.RandomState(0)
    x, y = random.rand(60, 1, 8, 8).astype("float32"), random.randint(0, 10, 60)
    return {"x_train": x[:40], "y_train": y[:40], "x_test": x[40:], "y_test": y[40:]}


def npz(folder: Path, name: str, **arrays: Any) -> ModuleType:
    np.savez(folder / "d.npz", **arrays)
    return build(folder, name, MSE + SGD, dataset='{ kind = "npz", path = "d.npz" }')


def error(script: Any, folder: Path, capsys: pytest.CaptureFixture[str], *flags: str) -> str:
    """The one sentence with which a run ends."""
    argv = ["--data-dir", str(folder), "--out-dir", str(folder / "run"), "--device", "cpu"]
    assert script.main([*argv, "--batch-size", "8", *flags]) == 1
    text = capsys.readouterr().err
    assert "Traceback" not in text
    return [line for line in text.splitlines() if "never fires" not in line][-1]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("workers", ["0", "1"])
def test_a_sample_to_learn_from(
    tmp_path: Path,
    arrays: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
    value: float,
    workers: str,
) -> None:
    arrays["x_train"][3, 0, 2, 2] = value
    script: Any = npz(tmp_path, f"finite_{str(value).strip('-')}_{value < 0}_{workers}", **arrays)
    says = error(script, tmp_path, capsys, "--workers", workers)
    team = script.training.Team(torch.device("cpu"))
    batches = script.training.Batches(script.load(tmp_path).train, team, 8, (0, 0), 1, True)
    number = batches.order.tolist().index(3) // 8 + 1
    sentence = "sample 3 of the training data holds NaN or infinite numbers; there is no checkpoint"
    assert says == f"Epoch 1, batch {number}: {sentence} before it."
    assert not list((tmp_path / "run").glob("*.pt"))


def test_a_sample_to_test_with(
    tmp_path: Path, arrays: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    arrays["x_test"][17] = np.nan
    script = npz(tmp_path, "finite_test", **arrays)
    sentence = "sample 17 of the test data holds NaN or infinite numbers; there is no checkpoint"
    assert error(script, tmp_path, capsys) == f"Epoch 1, batch 3: {sentence} before it."


def test_numbers_that_float32_cannot_hold(
    tmp_path: Path, arrays: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    arrays["x_train"] = arrays["x_train"].astype("float64")
    arrays["x_train"][5] = 1e300
    script = npz(tmp_path, "finite_large", **arrays)
    assert "sample 5 of the training data holds" in error(script, tmp_path, capsys)


def test_a_gradient(
    script: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The loss is finite, and no weight takes the step; the layer nearest to the loss is named."""
    step = script.training.Learner.step

    def spoiled(learner: Any, index: int) -> None:
        if learner.epoch == 1 and index == 2:
            for name, parameter in learner.net.named_parameters():
                if name in ("fc1.weight", "fc1.bias"):
                    parameter.grad.view(-1)[0] = float("nan")
        step(learner, index)

    monkeypatch.setattr(script.training.Learner, "step", spoiled)
    says = error(script, tmp_path, capsys, "--limit", "64")
    path = tmp_path / "run/checkpoint_latest.pt"
    sentence = "Epoch 2, batch 3: the gradient of fc1.bias is NaN or infinite"
    assert says == f"{sentence}; the checkpoint before it is {path} (epoch 1)."
    assert all(weight.isfinite().all() for weight in latest(tmp_path / "run")["model"].values())


SILENT = LAYERS.replace('"hidden" }', '"hidden", v_threshold = 1e6 }')


def test_a_silent_layer_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    script = build(tmp_path, "silent_net", MSE + SGD, layers=SILENT)
    monkeypatch.setattr(script.visualize, "draw", lambda *_: [])
    run(script, tmp_path / "run", "--epochs", "3")
    told = [line for line in capsys.readouterr().err.splitlines() if "never fires" in line]
    advice = "larger weights or a lower threshold may wake it"
    assert f"Epoch 1: hidden never fires, for none of 200 samples: {advice}" in told
    assert len(told) == len({line.split()[2] for line in told})


def test_a_layer_that_fires_for_few_samples_is_not_silent(
    script: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(script, tmp_path / "run", "--epochs", "2")
    assert "never fires" not in capsys.readouterr().err
