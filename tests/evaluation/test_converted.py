"""``python -m NAME.evaluate`` on a converted network: the figures of ``convert``, and the ANN."""

import csv
import json
from pathlib import Path

import pytest
import torch

from tests.conversion.packages import DIGITS, Package
from tests.support.pages import checked

CONVERT = 'rule = "99.9%"\ncompare = ["max"]\ninitial = "half"\nsamples = 300'


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """A package whose ANN was trained and converted."""
    made = Package(tmp_path_factory.mktemp("digits"), DIGITS, steps=8, convert=CONVERT)
    run, cpu = made.folder / "run", ["--device", "cpu"]
    assert made.module("train").main(["--epochs", "2", "--out-dir", str(run), *cpu]) == 0
    weights = str(run / "checkpoint_best.pt")
    assert made.convert.main(["--weights", weights, *cpu]) == 0
    return made


def test_operations_and_accuracy_are_those_of_the_conversion(
    package: Package, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = package.folder / "run"
    argv = [str(run), "--time-steps", "2,8", "--out-dir", str(tmp_path), "--device", "cpu"]
    assert package.module("evaluate").main(argv) == 0
    found = json.loads((tmp_path / "evaluation.json").read_text("utf-8"))
    report = (run / "convert/report.md").read_text("utf-8")
    eight = found["results"][-1]
    numbers = (eight["spikes"], eight["macs"], eight["synaptic_operations"])
    line = " | ".join(f"{number:,.0f}" for number in numbers)
    assert f"| 99.9% | {line} | {eight['energy_nJ'] / 1e3:.3f} |" in report
    with (run / "convert/accuracy.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["step"]: row for row in csv.DictReader(file)}
    assert [r["accuracy"] for r in found["results"]] == [float(rows[t]["99.9%"]) for t in "28"]
    best = torch.load(run / "checkpoint_best.pt", weights_only=True)
    told = best["history"][best["best_epoch"] - 1]
    assert found["ann"] == {"loss": told["test/loss"], "accuracy": told["test/accuracy"]}
    assert "the ANN: loss " in capsys.readouterr().out
    with (run / "convert/layers.csv").open(encoding="utf-8", newline="") as file:
        layers = {r["layer"]: r for r in csv.DictReader(file) if r["rule"] == "99.9%"}
    spikes = {r["layer"]: r["spikes"] for r in eight["layers"] if r["spikes"] is not None}
    assert spikes == {name: float(row["spikes"]) for name, row in layers.items()}


def test_both_scripts_write_a_page(package: Package, tmp_path: Path) -> None:
    run = package.folder / "run"
    page = checked(run / "convert/report.html")
    assert page.headings == [
        *("Accuracy after t steps", "Operations a sample", "Layers under 99.9%", "Pictures"),
        *("Program", "Spec", "Settings"),
    ]
    assert [row[0] for row in page.table("rule")] == ["99.9%", "max"]
    assert sum("image/png" in source for source in page.loaded) == 2
    argv = [str(run / "convert/snn.pt"), "--out-dir", str(tmp_path), "--device", "cpu"]
    assert package.module("evaluate").main(argv) == 0
    own = checked(tmp_path / "report.html")
    assert "Calibration" in own.headings
    assert own.table("layer")[0][:2] == ["conv1", "Conv2d"]


def test_what_is_not_converted_cannot_be_evaluated(
    package: Package, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert package.module("evaluate").main([str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert said.endswith(f"convert first (python -m {package.name}.convert --weights …).\n")
    other = torch.load(package.folder / "run/convert/snn.pt", weights_only=True)
    other["identity"] = {**other["identity"], "convert.pool": '"sum"'}
    torch.save(other, tmp_path / "snn.pt")
    assert package.module("evaluate").main([str(tmp_path)]) == 1
    assert "is of another network: convert.pool is" in capsys.readouterr().err
