"""One label per time step: losses, metric and whole runs, beside loops written by hand."""

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from tests.support.labels_by_hand import loss_by_hand, right_by_hand
from tests.training.packages import build as built
from tests.training.packages import run

T, B, C = 4, 6, 3
ADAM = 'optimizer = "Adam"\n'
LAYERS = '  "Flatten", { kind = "Linear", out_features = 8 }, "LIF",\n'
LAYERS += f'  {{ kind = "Linear", out_features = {C} }},'
NPZ = '{ kind = "npz", path = "d.npz" }'
OVER = {
    "cross_entropy": 'loss = { kind = "cross_entropy", over = "steps" }\n',
    "smoothed": 'loss = { kind = "cross_entropy", over = "steps", label_smoothing = 0.25 }\n',
    "mse": 'loss = { kind = "mse", over = "steps" }\n',
}


def build(folder: Path, loss: str, readout: str = "sequence", metric: str = "") -> ModuleType:
    """A network that reads sequences of [1, 8, 8], and data for it."""
    random = np.random.RandomState(0)
    x = random.rand(40, T, 1, 8, 8).astype("float32")
    y = (x[..., 0, 0, 0] * C).astype("int64")
    np.savez(folder / "d.npz", x_train=x[:30], y_train=y[:30], x_test=x[30:], y_test=y[30:])
    rest = f'[output]\nreadout = "{readout}"\n'
    name = f"steps_{abs(hash((folder, loss)))}"
    folder = folder / "p"
    folder.mkdir()
    spec = (name, loss + ADAM + metric, rest, LAYERS, NPZ)
    return built(folder, *spec, shape='[1, 8, 8]\nencoder = "none"')


@pytest.mark.parametrize("name", OVER)
def test_losses_and_accuracy_are_those_of_loops(tmp_path: Path, name: str) -> None:
    script: Any = build(tmp_path, OVER[name])
    random = torch.Generator().manual_seed(1)
    y = torch.randn(T, B, C, generator=random, dtype=torch.float64)
    for labels in (
        torch.randint(C, (T, B), generator=random),
        torch.randint(C, (B,), generator=random),
    ):
        smoothing = {"cross_entropy": (0.0,), "smoothed": (0.25,), "mse": ()}[name]
        want = loss_by_hand(name, y, labels, *smoothing)
        assert float(script.loss_of(y, labels, *smoothing)) == pytest.approx(want, rel=1e-12)
        assert float(script.metric_of(y, labels)) == pytest.approx(right_by_hand(y, labels))


def test_a_metric_never_broadcasts(tmp_path: Path) -> None:
    script: Any = build(tmp_path, OVER["mse"])
    with pytest.raises(script.training.RunError, match=r"Labels must be \[B\] or \[T, B\], not"):
        script.metric_of(torch.zeros(T, B, C), torch.zeros(B, T).long())


@pytest.mark.parametrize("name", OVER)
@pytest.mark.parametrize("metric", ["", 'metric = "accuracy"\n', 'metric = "loss"\n'])
def test_it_trains_and_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, metric: str
) -> None:
    monkeypatch.chdir(tmp_path)
    script: Any = build(tmp_path, OVER[name], metric=metric)
    flags = ("--data-dir", str(tmp_path), "--epochs", "3")
    state = run(script, tmp_path / "run", *flags)
    assert {path.stem for path in (tmp_path / "run/pictures").iterdir()} >= {"curves", "rates"}
    assert script.visualize.main(["--run", "run", "--data-dir", "."]) == 0
    if metric.endswith('"loss"\n'):
        return
    # the last row's accuracy, counted by hand over the network's answers
    last, split = state["history"][-1], script.load(tmp_path).test
    net = script.make_network(script.SPEC)
    net.load_state_dict(state["model"])
    with torch.no_grad():
        answers = net.eval()(split.batch(torch.arange(len(split)))[0]).argmax(2)
    hits = [int(answers[t, n]) == int(split.labels[n, t]) for n in range(10) for t in range(T)]
    assert last["test/accuracy"] == pytest.approx(sum(hits) / len(hits))
    assert 0 <= last["train/accuracy"] <= 1


@pytest.mark.parametrize("loss", ['loss = "mse"\n', 'loss = "cross_entropy"\n'])
def test_a_loss_of_the_whole_answer_refuses_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], loss: str
) -> None:
    script: Any = build(tmp_path, loss, readout="mean")
    flags = ["--data-dir", str(tmp_path), "--out-dir", str(tmp_path / "run"), "--device", "cpu"]
    assert script.main(flags) == 1
    error = capsys.readouterr().err
    assert error.startswith(
        "y has a label for each time step, but the loss takes the answer of all"
    )
    assert error.count("\n") == 1
