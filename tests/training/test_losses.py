"""Losses, metrics and penalties: what they compute, and that networks learn by them."""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from tests.training.packages import LAYERS, SGD, build, run, undrawn

SEQUENCE = '\n[output]\nreadout = "sequence"\n'
TET = 'loss = { kind = "cross_entropy", over = "steps", label_smoothing = 0.1 }\n'
AUTO = 'loss = { kind = "mse", target = "input" }\nmetric = "mean_error"\n'
SEVERAL = SGD + (
    '\n[train.losses]\nlabel = "cross_entropy"\nrate = { kind = "mse", weight = 0.25 }\n'
)
TWO = '\n[outputs.label]\n\n[outputs.rate]\nreadout = "max"\n'
IMAGES = """\
  { kind = "Conv2d", out_channels = 4, kernel_size = 3, padding = 1 },
  "IF",
  { kind = "Conv2d", out_channels = 1, kernel_size = 3, padding = 1 },"""
PENALTY = 'penalties = [{ kind = "firing_rate", of = "hidden", target = 0.1, weight = 3.0 }]\n'


WEIGHT = '{ kind = "Linear", bias = false }'


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Any:
    """Builds a package of its own for a test."""

    def make(name: str, *args: Any, **kwargs: Any) -> ModuleType:
        script = build(tmp_path, name, *args, **kwargs)
        undrawn(script, monkeypatch)
        return script

    return make


@pytest.fixture
def labels() -> Tensor:
    return torch.randint(10, (5,), generator=torch.Generator().manual_seed(0))


def test_cross_entropy_over_steps(made: Any, tmp_path: Path, labels: Tensor) -> None:
    script = made("over_steps", TET + SGD, SEQUENCE)
    y = torch.randn(2, 5, 10)
    each = [F.cross_entropy(y_t, labels, label_smoothing=0.2) for y_t in y]
    torch.testing.assert_close(script.loss_of(y, labels, 0.2), sum(each) / 2)
    right = (y.mean(0).argmax(1) == labels).sum()
    assert int(script.metric_of(y, labels)) == int(right)
    state = run(script, tmp_path / "run", "--epochs", "2", "--label-smoothing", "0")
    assert state["settings"]["label_smoothing"] == 0.0
    assert state["history"][1]["train/loss"] < state["history"][0]["train/loss"]


def test_mse_over_steps(made: Any, labels: Tensor) -> None:
    script = made("mse_steps", 'loss = { kind = "mse", over = "steps" }\n' + SGD, SEQUENCE)
    y = torch.rand(2, 5, 10)
    each = [F.mse_loss(y_t, F.one_hot(labels, 10).float()) for y_t in y]
    torch.testing.assert_close(script.loss_of(y, labels), sum(each) / 2)


def test_an_autoencoder_gives_back_its_input(made: Any, tmp_path: Path) -> None:
    script = made("autoencoder", AUTO + SGD, layers=IMAGES)
    x, y = torch.rand(5, 1, 8, 8), torch.rand(5, 1, 8, 8)
    torch.testing.assert_close(script.loss_of(y, x), F.mse_loss(y, x))
    torch.testing.assert_close(script.metric_of(y, x), (y - x).abs().mean((1, 2, 3)).sum())
    state = run(script, tmp_path / "run")
    errors = [row["test/mean_error"] for row in state["history"]]
    assert state["best"] == min(errors)


def test_several_outputs_have_a_loss_each(made: Any, tmp_path: Path, labels: Tensor) -> None:
    script = made("several", SEVERAL, TWO)
    output = script.SeveralOutput(torch.rand(5, 10), torch.rand(5, 10))
    one_hot = F.one_hot(labels, 10).float()
    wanted = F.cross_entropy(output.label, labels) + 0.25 * F.mse_loss(output.rate, one_hot)
    torch.testing.assert_close(script.loss_of(output, labels, 0.0), wanted)
    assert run(script, tmp_path / "run", "--epochs", "1")["epoch"] == 1


SMOOTHED = """
[train.losses]
label = {{ kind = "cross_entropy", label_smoothing = {0} }}
rate = {{ kind = "cross_entropy", label_smoothing = {1} }}
"""


def test_losses_that_smooth_differently_keep_what_the_spec_says(
    made: Any, labels: Tensor, capsys: pytest.CaptureFixture[str]
) -> None:
    script = made("unlike", SGD + SMOOTHED.format(0.25, 0.0), TWO)
    output = script.UnlikeOutput(torch.rand(5, 10), torch.rand(5, 10))
    wanted = F.cross_entropy(output.label, labels, label_smoothing=0.25)
    wanted += F.cross_entropy(output.rate, labels)
    torch.testing.assert_close(script.loss_of(output, labels), wanted)
    assert script.SPEC.label_smoothing is None
    with pytest.raises(SystemExit):
        script.main(["--label-smoothing", "0.1"])
    assert "--label-smoothing does not apply" in capsys.readouterr().err


def test_losses_that_smooth_alike_share_the_flag(made: Any, labels: Tensor) -> None:
    script = made("alike", SGD + SMOOTHED.format(0.25, 0.25), TWO)
    output = script.AlikeOutput(torch.rand(5, 10), torch.rand(5, 10))
    wanted = sum(F.cross_entropy(y, labels, label_smoothing=0.125) for y in output)
    torch.testing.assert_close(script.loss_of(output, labels, 0.125), wanted)
    assert script.SPEC.label_smoothing == 0.25


@pytest.mark.parametrize(
    ("name", "layers", "schedule"),
    [
        ("folded", LAYERS, "fold"),
        ("stepped", LAYERS, "step"),
        ("fed_back", LAYERS.replace('"hidden"', '"hidden", feedback = "add"'), "fold"),
        ("recurrent", LAYERS.replace('"hidden"', f'"hidden", feedback = {WEIGHT}'), "fold"),
    ],
)
def test_a_penalty_pulls_at_the_firing_rate(
    made: Any, tmp_path: Path, name: str, layers: str, schedule: str
) -> None:
    choice = f'\n[build]\nschedule = "{schedule}"\n'
    script = made(name, 'loss = "mse"\n' + PENALTY + SGD + choice, layers=layers)
    net = script.make_network(script.SPEC)
    recorder = script.training.Recorder(net, ["hidden"])
    x = torch.rand(5, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    rate = net.values(x)["hidden"].mean(0)
    adam = torch.optim.Adam(net.parameters(), lr=0.01)
    costs = []
    for _ in range(20):
        net(x)
        cost = script.penalty_of(recorder.rates())
        costs.append(float(cost.detach()))
        adam.zero_grad()
        torch.autograd.backward(cost)
        adam.step()
    assert costs[0] == pytest.approx(float(3.0 * (rate - 0.1).square().mean()))
    assert costs[-1] < 0.8 * costs[0]
    state = run(script, tmp_path / "run", "--epochs", "1")
    assert 0 < state["history"][0]["rate/hidden"] < 1


def test_mixed_precision_learns(script: ModuleType, tmp_path: Path) -> None:
    losses = [row["train/loss"] for row in run(script, tmp_path / "run", "--amp")["history"]]
    assert losses[-1] < losses[0]


def test_the_gradient_is_clipped_to_its_norm(script: ModuleType, tmp_path: Path) -> None:
    flags = ("--scheduler", "none", "--epochs", "1", "--limit", "50", "--momentum", "0")
    torch.manual_seed(0)
    start = script.make_network(script.SPEC).state_dict()
    end = run(script, tmp_path / "run", *flags, "--grad-clip", "1e-3")["model"]
    moved = sum(float((end[name] - start[name]).square().sum()) for name in start) ** 0.5
    assert moved == pytest.approx(0.5 * 1e-3, rel=1e-3)


def test_warm_up_rises_step_by_step(script: ModuleType) -> None:
    training = script.training
    settings = training.Settings(**vars(script.SPEC) | {"warmup_epochs": 0.5, "scheduler": None})
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5)
    schedule = training.optimizers.Schedule(optimizer, settings, steps=8)
    assert [schedule.rate(step) for step in range(6)] == [0.125, 0.25, 0.375, 0.5, 0.5, 0.5]
    with schedule.warmed(0):
        assert optimizer.param_groups[0]["lr"] == 0.125
    assert optimizer.param_groups[0]["lr"] == 0.5


def test_the_best_is_chosen_on_samples_held_out(made: Any, tmp_path: Path) -> None:
    held_out = '{ kind = "Digits", validation = 0.1 }'
    script = made("held_out", 'loss = "mse"\n' + SGD, dataset=held_out)
    state = run(script, tmp_path / "run")
    held = [row["validation/accuracy"] for row in state["history"]]
    assert state["best"] == max(held)
    assert held[state["best_epoch"] - 1] == max(held)
    assert held != [row["test/accuracy"] for row in state["history"]]


def test_spikes_of_a_recurrent_neuron_are_recorded_once(
    made: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it runs in one kernel, or step by step as where a kernel does not fit."""
    layers = LAYERS.replace('"hidden"', f'"hidden", feedback = {WEIGHT}')
    script = made("looped", 'loss = "mse"\n' + PENALTY + SGD, layers=layers)
    net = script.make_network(script.SPEC)
    recorder = script.training.Recorder(net, ["hidden"])
    x = torch.rand(5, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    net(x)
    (whole,) = recorder.spikes["hidden"]
    at_once = recorder.rates()["hidden"]
    monkeypatch.setattr(sys.modules[type(net.hidden).__mro__[1].__module__], "BLOCK", 0)
    net(x)
    (looped,) = recorder.spikes["hidden"]
    assert looped.shape == whole.shape
    assert torch.equal(recorder.rates()["hidden"], at_once)
