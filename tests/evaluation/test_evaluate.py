"""``python -m NAME.evaluate`` on trained networks: the figures of train.py, and what it writes."""

import csv
import importlib
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch

from tests.support.pages import checked
from tests.training.packages import LAYERS, MSE, SGD, build, run, undrawn

ENTROPY = 'loss = "cross_entropy"\n'
DATASET = '{ kind = "Digits", validation = 0.2 }'


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[ModuleType, Path]:
    """A training script, and the folder of a run of it on 200 samples of each split."""
    folder = tmp_path_factory.mktemp("evaluated")
    script = build(folder, "net_evaluated", ENTROPY + SGD, dataset=DATASET)
    with pytest.MonkeyPatch.context() as patch:
        undrawn(script, patch)
        run(script, folder / "run", "--epochs", "2")
    return script, folder / "run"


def evaluate(script: ModuleType) -> Any:
    """The evaluation script of the same package."""
    folder = Path(str(script.__file__)).parent.parent
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module(f"{script.NAME}.evaluate")
    finally:
        sys.path.remove(str(folder))


def numbers(folder: Path, name: str = "steps.csv") -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return [*csv.DictReader(file)]


@pytest.mark.parametrize("split", ["test", "validation"])
def test_the_figures_are_those_of_training(
    trained: tuple[ModuleType, Path], tmp_path: Path, split: str
) -> None:
    script, folder = trained
    argv = [str(folder), "--split", split, "--out-dir", str(tmp_path), "--device", "cpu"]
    assert evaluate(script).main(argv) == 0
    best = torch.load(folder / "checkpoint_best.pt", weights_only=True)
    told = best["history"][best["best_epoch"] - 1]
    (row,) = numbers(tmp_path)
    assert float(row["loss"]) == told[f"{split}/loss"]
    assert float(row["accuracy"]) == told[f"{split}/accuracy"]
    assert row["samples"] == "200"


def test_every_file_tells_the_same(
    trained: tuple[ModuleType, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script, folder = trained
    argv = [str(folder), "--limit", "all", "--time-steps", "4,1", "--counted", "30"]
    assert evaluate(script).main([*argv, "--out-dir", str(tmp_path), "--device", "cpu"]) == 0
    said = capsys.readouterr().out
    assert "on test: all 360 samples\nT = 1: loss " in said
    one, four = numbers(tmp_path)
    assert [one["time_steps"], four["time_steps"]] == ["1", "4"]
    found = json.loads((tmp_path / "evaluation.json").read_text("utf-8"))
    last = found["results"][-1]
    assert float(four["loss"]) == last["loss"]
    assert (found["limited"], last["counted"]) == (False, 30)
    right = sum(row[i] for i, row in enumerate(last["confusion"]))
    assert right == round(last["accuracy"] * 360)
    assert float(four["low"]) < last["accuracy"] < float(four["high"])
    samples = [row for row in numbers(tmp_path, "samples.csv") if row["time_steps"] == "4"]
    assert len(samples) == 360
    assert sum(row["label"] == row["answer"] for row in samples) == right
    spikes = [float(row["spikes"]) for row in samples if row["spikes"]]
    assert len(spikes) == 30
    assert sum(spikes) / 30 == pytest.approx(float(four["spikes"]))
    classes = numbers(tmp_path, "classes.csv")
    assert sum(int(row["cases"]) for row in classes) == 360
    layers = numbers(tmp_path, "layers.csv")
    hidden = next(r for r in layers if r["layer"] == "hidden" and r["time_steps"] == "4")
    output = next(r for r in layers if r["layer"] == "fc2" and r["time_steps"] == "4")
    assert float(output["synaptic_operations"]) == pytest.approx(10 * float(hidden["spikes"]))
    first = next(r for r in layers if r["layer"] == "fc1")
    assert float(first["macs"]) == 64 * 32
    energy = 64 * 32 * 4.6 + float(output["synaptic_operations"]) * 0.9
    assert float(four["energy_nJ"]) == pytest.approx(energy / 1e3)


def test_the_page_has_every_part(trained: tuple[ModuleType, Path], tmp_path: Path) -> None:
    script, folder = trained
    assert evaluate(script).main([str(folder), "--out-dir", str(tmp_path), "--device", "cpu"]) == 0
    page = checked(tmp_path / "report.html")
    assert page.headings == [
        *("Over time steps", "Classes", "Confusion matrix", "Calibration", "Layers"),
        *("Pictures", "Program", "Spec", "Settings"),
    ]
    assert sum(source.startswith("data:image/png;base64,") for source in page.loaded) == 4
    text = (tmp_path / "report.html").read_text("utf-8")
    assert "test: the first 200 samples only (limited)" in text
    assert "4.6 pJ a multiply-accumulate and 0.9 pJ an addition" in text
    assert [row[0] for row in page.table("class")] == [str(digit) for digit in range(10)]
    assert page.table("layer")[0][:2] == ["fc1", "Linear"]


def test_a_file_of_weights_is_evaluated_too(
    trained: tuple[ModuleType, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script, folder = trained
    monkeypatch.chdir(tmp_path)
    state = torch.load(folder / "checkpoint_latest.pt", weights_only=True)
    torch.save(state["model"], "plain.pt")
    flags = ["--limit", "200", "--device", "cpu"]
    assert evaluate(script).main(["plain.pt", *flags]) == 0
    (plain,) = numbers(tmp_path / "evaluation")
    assert float(plain["loss"]) == state["history"][-1]["test/loss"]
    (tmp_path / "runs/net_evaluated/new").mkdir(parents=True)
    torch.save(state, "runs/net_evaluated/new/checkpoint_best.pt")
    assert evaluate(script).main(flags) == 0
    (newest,) = numbers(tmp_path / "runs/net_evaluated/new/evaluation")
    assert newest["loss"] == plain["loss"]


@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        (["nowhere"], 1, "nowhere does not exist: train first (python -m net_evaluated.train)."),
        (["odd.pt"], 1, "odd.pt does not fit: fc1.weight is [1] there and [32, 64] here."),
        (["odd.txt"], 1, "odd.txt is damaged, or no file of weights."),
        (["--limit", "0"], 2, "argument --limit: must be a whole number from 1 up, not '0'"),
        (["--time-steps", "1,x"], 2, "argument --time-steps: must be a whole number from 1 up"),
        (["RUN", "--image", "999"], 1, "There is no sample 999: there are 200."),
    ],
)
def test_what_cannot_be_evaluated_is_said_in_a_sentence(
    trained: tuple[ModuleType, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    argv: list[str],
    code: int,
    said: str,
) -> None:
    script, folder = trained
    monkeypatch.chdir(tmp_path)
    names = list(torch.load(folder / "checkpoint_best.pt", weights_only=True)["model"])
    torch.save({name: torch.ones(1) for name in names}, "odd.pt")
    Path("odd.txt").write_text("odd")
    told = [str(folder) if word == "RUN" else word for word in argv]
    try:
        found = evaluate(script).main([*told, "--device", "cpu"])
    except SystemExit as ended:
        found = ended.code
    assert found == code
    assert said in capsys.readouterr().err
    assert not (tmp_path / "evaluation").exists()


def test_without_classes_there_are_loss_and_operations(tmp_path: Path) -> None:
    layers = '{ kind = "Flatten" }, { kind = "Linear", out_features = 16 }, "LIF",'
    layers += '{ kind = "Linear", out_features = 64 }, { kind = "LI" },'
    layers += '{ kind = "Unflatten", dim = 0, unflattened_size = [1, 8, 8] }'
    train = 'loss = { kind = "mse", target = "input" }\nmetric = "mean_error"\n' + SGD
    script = build(tmp_path, "net_copies", train, layers=layers)
    with pytest.MonkeyPatch.context() as patch:
        undrawn(script, patch)
        run(script, tmp_path / "run", "--epochs", "1")
    assert evaluate(script).main([str(tmp_path / "run"), "--device", "cpu"]) == 0
    (row,) = numbers(tmp_path / "run/evaluation")
    assert (row["low"], row["calibration_error"]) == ("", "")
    assert float(row["mean_error"]) > 0
    assert not (tmp_path / "run/evaluation/classes.csv").exists()
    headings = checked(tmp_path / "run/evaluation/report.html").headings
    assert headings == ["Over time steps", "Layers", "Pictures", "Program", "Spec", "Settings"]


def test_a_network_of_fixed_steps_takes_no_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    layers = LAYERS.replace('{ kind = "IF", name = "hidden" }', '"BNTT1d", "IF"')
    script = build(tmp_path, "net_evaluated_fixed", MSE + SGD, layers=layers)
    with pytest.raises(SystemExit) as ended:
        evaluate(script).main(["--time-steps", "4,7"])
    assert ended.value.code == 2
    assert "--time-steps: this network has 4 and can have no others" in capsys.readouterr().err
