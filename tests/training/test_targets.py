"""Labels that are no class of a sample: of every place, several, or values; beside scikit-learn."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sklearn import metrics as by_others  # type: ignore[import-untyped, unused-ignore]

import snnc
from snnc.source.diagnostic import Findings
from tests.evaluation.test_evaluate import evaluate
from tests.runtime.runtime import module
from tests.training.packages import build, run, undrawn

ADAM = 'optimizer = { kind = "Adam", lr = 0.01 }\n'
MEAN = "mean_absolute_error"
NPZ = '{ kind = "npz", path = "d.npz" }'
PLACES = '{ kind = "Conv2d", out_channels = 3, kernel_size = 3, padding = 1 }, "LIF",'
PLACES += '{ kind = "Conv2d", out_channels = 3, kernel_size = 3, padding = 1 },'
VALUES = '"Flatten", { kind = "Linear", out_features = 12 }, "LIF",'
VALUES += '{ kind = "Linear", out_features = 2 },'
ONE = VALUES.replace("= 2 }", "= 1 }")
targets, scores = module("training.targets"), module("training.score")


def data(folder: Path, form: str) -> None:
    """Forty images whose labels can be read off them."""
    x = np.random.RandomState(0).rand(40, 1, 8, 8).astype("float32")
    y = {
        "map": (x[:, 0] * 3).astype("int64"),
        "several": (x[:, 0, 0, :2] > 0.5).astype("int64"),
        "values": x[:, 0, 0, :2] * 10,
        "one": x[:, 0, 0, 0].astype("float64"),
    }[form]
    np.savez(folder / "d.npz", x_train=x[:30], y_train=y[:30], x_test=x[30:], y_test=y[30:])


CASES = {
    "segmented": (
        "map",
        PLACES,
        'loss = { kind = "cross_entropy", over = "places" }\n',
        "mean_iou",
    ),
    "overlapping": ("map", PLACES, 'loss = { kind = "dice", cross_entropy = 0.5 }\n', "mean_iou"),
    "places": ("map", PLACES, 'loss = "dice"\nmetric = "accuracy"\n', "accuracy"),
    "several": ("several", VALUES, 'loss = "bce"\n', "f1"),
    "squared": ("values", VALUES, 'loss = { kind = "mse", target = "values" }\n', "r2"),
    "absolute": (
        "values",
        VALUES,
        'loss = "l1"\nmetric = "mean_absolute_error"\n',
        "mean_absolute_error",
    ),
    "smooth": ("one", ONE, 'loss = { kind = "smooth_l1", beta = 0.5 }\n', "r2"),
}


def by_hand(metric: str, y: Any, labels: Any) -> float:
    """The metric of all samples, by scikit-learn."""
    y, labels = y.numpy(), labels.numpy()
    if metric == "mean_iou":
        flat = labels.ravel(), y.argmax(1).ravel()
        return float(by_others.jaccard_score(*flat, average="macro"))
    if metric == "f1":
        return float(by_others.f1_score(labels, y > 0, average="micro"))
    if metric == "r2":
        return float(by_others.r2_score(labels, y, multioutput="variance_weighted"))
    if metric == "accuracy":
        return float((y.argmax(1) == labels).mean())
    return float(abs(y - labels).mean())


@pytest.mark.parametrize("name", CASES)
def test_it_trains_resumes_and_is_evaluated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    form, layers, train, metric = CASES[name]
    data(tmp_path, form)
    script: Any = build(tmp_path, f"net_{name}", train + ADAM, layers=layers, dataset=NPZ)
    undrawn(script, monkeypatch)
    flags = ("--data-dir", ".", "--batch-size", "8")
    state = run(script, tmp_path / "run", *flags, "--epochs", "3")
    row = state["history"][-1]
    assert row["train/loss"] < state["history"][0]["train/loss"]
    split = script.load(tmp_path).test
    net = script.make_network(script.SPEC)
    net.load_state_dict(state["model"])
    with torch.no_grad():
        y = net.eval()(split.batch(torch.arange(len(split)))[0])
    found = row[f"test/{metric}"]
    assert found == pytest.approx(by_hand(metric, y, split.labels), rel=1e-5)
    longer = run(script, tmp_path / "run", *flags, "--epochs", "4", "--resume")
    assert len(longer["history"]) == 4
    assert (
        evaluate(script).main(["run", "--data-dir", ".", "--device", "cpu", "--out-dir", "out"])
        == 0
    )
    with Path("out/steps.csv").open(encoding="utf-8", newline="") as file:
        (told,) = csv.DictReader(file)
    best = torch.load("run/checkpoint_best.pt", weights_only=True)
    want = best["history"][best["best_epoch"] - 1]
    assert float(told["loss"]) == want["test/loss"]
    assert (
        float(told[metric or "mean_absolute_error"])
        == want[f"test/{metric or 'mean_absolute_error'}"]
    )
    assert Path("out/confusion.csv").exists() == (form == "map")


def test_pictures_of_such_a_network_are_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    data(tmp_path, "map")
    script = build(tmp_path, "net_drawn_map", CASES["places"][2] + ADAM, layers=PLACES, dataset=NPZ)
    run(script, tmp_path / "run", "--data-dir", ".", "--epochs", "1")
    assert {path.stem for path in (tmp_path / "run/pictures").iterdir()} >= {"curves", "rates"}


def test_dice_is_one_minus_the_overlap() -> None:
    sure = torch.tensor([[[9e3, 9e3, -9e3, -9e3], [-9e3, -9e3, 9e3, 9e3]]])  # [B, C, L]
    assert float(targets.dice_loss(sure, torch.tensor([[0, 0, 1, 1]]))) == pytest.approx(
        0, abs=1e-6
    )
    half = float(targets.dice_loss(sure, torch.tensor([[0, 1, 1, 0]])))
    assert half == pytest.approx(1 - (2 * 1 / (2 + 2)), abs=1e-6)


def test_totals_add_up_over_batches_and_processes() -> None:
    torch.manual_seed(0)
    y, labels = torch.randn(12, 3), torch.randn(12, 3)
    score, whole = scores.Score("r2"), scores.Score("r2")
    whole.add(12, torch.tensor(1.0), targets.squares(y, labels), 1.0)
    score.add(0, torch.tensor(5.0), targets.squares(y[:1], labels[:1]), 1.0)
    assert len(score.sums) == 4 + 6
    for part in (slice(0, 5), slice(5, 12)):
        score.add(len(y[part]), torch.tensor(1.0), targets.squares(y[part], labels[part]), 1.0)
    assert score.value == pytest.approx(whole.value)
    again = scores.Score("r2", score.sums.tolist())
    assert again.value == score.value
    assert targets.r2(targets.squares(y, torch.ones(12, 3))) == 0.0
    assert targets.r2(targets.squares(torch.ones(12, 3), torch.ones(12, 3))) == 1.0


@pytest.mark.parametrize(
    ("form", "change", "said"),
    [
        (
            *("map", {"y_train": np.zeros((30, 8), "int64")}),
            "y is (30, 8): 30 samples need labels (30, 8, 8).",
        ),
        ("map", {"y_test": np.full((10, 8, 8), 3)}, "There is a label 3: labels are below 3."),
        ("map", {"y_test": np.full((10, 8, 8), 0.5)}, "labels of places are integers."),
        ("several", {"y_train": np.full((30, 2), 2)}, "other numbers than those from 0 to 1."),
        ("values", {"y_train": np.full((30, 2), np.nan)}, "y holds NaN or infinite numbers."),
    ],
)
def test_labels_that_do_not_fit_are_said(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    form: str,
    change: dict[str, Any],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    data(tmp_path, form)
    with np.load("d.npz") as file:
        arrays = {**file, **change}
    np.savez("d.npz", **arrays)
    _, layers, train, _ = next(case for case in CASES.values() if case[0] == form)
    name = f"bad_{form}_{abs(hash(said)) % 10**9}"
    script = build(tmp_path, name, train + ADAM, layers=layers, dataset=NPZ)
    assert script.main(["--data-dir", ".", "--out-dir", "run"]) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("dataset", "layers", "train", "said"),
    [
        (
            *('"Digits"', VALUES, 'loss = "bce"\n'),
            "`bce` compares with several labels per sample, but Digits has a class per sample",
        ),
        (
            *(NPZ, VALUES, 'loss = "dice"\n'),
            "`dice` compares with a class per place, but the output is [2]",
        ),
        (
            *(NPZ, VALUES, 'loss = "l1"\nmetric = "accuracy"\n'),
            "`accuracy` is of a class per sample, but the loss compares with values",
        ),
        (
            *(NPZ, VALUES, 'loss = "cross_entropy"\nmetric = "f1"\n'),
            "`f1` is of several labels per sample, but the loss compares with a class per sample",
        ),
        (
            *(
                NPZ.replace("}", ', augment = ["RandomHorizontalFlip"] }'),
                PLACES,
                'loss = "dice"\n',
            ),
            "augmentations change images and not their labels of every place",
        ),
    ],
)
def test_the_linter_finds_what_does_not_fit(
    tmp_path: Path, dataset: str, layers: str, train: str, said: str
) -> None:
    with pytest.raises(Findings) as caught:
        build(tmp_path, "net_unfit", train + ADAM, layers=layers, dataset=dataset)
    assert said in [one.message for one in caught.value.diagnostics]
    assert snnc.check(tmp_path / "net_unfit.snn.toml")
