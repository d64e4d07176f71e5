"""A run whose loss is NaN or infinite ends with one sentence, and leaves no such weights."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.training.packages import latest, run

BATCHES = 4  # of an epoch: 200 samples, 50 at a time


def spoiled(script: ModuleType, monkeypatch: pytest.MonkeyPatch, at: int, value: float) -> None:
    """The loss of the batch of that number, counted over all of training, is another one."""
    right: Callable[..., Tensor] = script.loss_of
    seen = 0

    def loss_of(y: Tensor, labels: Tensor) -> Tensor:
        nonlocal seen
        seen += torch.is_grad_enabled()
        loss = right(y, labels)
        return loss * value if seen == at and torch.is_grad_enabled() else loss

    monkeypatch.setattr(script, "loss_of", loss_of)


def main(script: ModuleType, folder: Path, *flags: str) -> int:
    argv = ["--limit", "200", "--device", "cpu", "--out-dir", str(folder), *flags]
    code: int = script.main(argv)
    return code


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_run_stops_at_the_batch(
    script: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    value: float,
) -> None:
    spoiled(script, monkeypatch, BATCHES + 3, value)
    assert main(script, tmp_path) == 1
    path = tmp_path / "checkpoint_latest.pt"
    says = f"Epoch 2, batch 3: the loss is NaN or infinite; the checkpoint before it is {path} "
    assert capsys.readouterr().err.splitlines()[-1] == f"{says}(epoch 1)."
    state = latest(tmp_path)
    assert (state["epoch"], state["batch"], len(state["history"])) == (1, 0, 1)
    assert all(weight.isfinite().all() for weight in state["model"].values())
    assert len((tmp_path / "metrics.csv").read_text().splitlines()) == 2


def test_the_first_epoch_leaves_nothing(
    script: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    spoiled(script, monkeypatch, 2, float("nan"))
    assert main(script, tmp_path, "--accumulate", "4") == 1
    says = "Epoch 1, batch 2: the loss is NaN or infinite; there is no checkpoint before it."
    assert capsys.readouterr().err.splitlines()[-1] == says
    assert not list(tmp_path.glob("*.pt"))


def test_a_resumed_run_names_what_it_began_with(
    script: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(script, tmp_path, "--epochs", "1")
    spoiled(script, monkeypatch, 1, float("nan"))
    assert main(script, tmp_path, "--resume", "--epochs", "2") == 1
    err = capsys.readouterr().err.splitlines()[-1]
    assert err.startswith("Epoch 2, batch 1: the loss is NaN")
    assert err.endswith("checkpoint_latest.pt (epoch 1).")


def test_a_loss_on_test_data(
    script: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    right = script.loss_of

    def loss_of(y: Tensor, labels: Tensor) -> Any:
        loss = right(y, labels)
        return loss if torch.is_grad_enabled() else loss * float("inf")

    monkeypatch.setattr(script, "loss_of", loss_of)
    assert main(script, tmp_path) == 1
    err = capsys.readouterr().err.splitlines()[-1]
    assert err.startswith("Epoch 1: the loss on test data is NaN or infinite; there is no")
    assert not list(tmp_path.glob("*.pt"))


def test_silent_weights_are_not_kept(
    script: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Spikes hide it: of a potential that is NaN the loss is finite."""
    right = script.training.Learner.step

    def step(learner: Any, index: int) -> None:
        right(learner, index)
        if learner.epoch == 1 and index == BATCHES - 1:
            next(iter(learner.net.parameters())).data.fill_(float("nan"))

    monkeypatch.setattr(script.training.Learner, "step", step)
    assert main(script, tmp_path) == 1
    err = capsys.readouterr().err.splitlines()[-1]
    assert err.startswith("Epoch 2: fc1.weight holds NaN or infinite numbers; the checkpoint")
    assert latest(tmp_path)["epoch"] == 1
