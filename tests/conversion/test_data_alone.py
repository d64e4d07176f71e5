"""[data] in place of [train]: weights from elsewhere are converted without a mock training."""

import csv
from pathlib import Path

import torch

from tests.conversion.packages import DIGITS, Package

DATA = '[data]\ndataset = "Digits"\n'
FILES = {"__init__.py", "convert.py", "data.py", "kernels.py", "model.py"}


def test_the_report_is_that_of_the_same_spec_with_a_training(tmp_path: Path) -> None:
    accuracy = {}
    for name, train in (("alone", {"train": DATA}), ("trained", {})):
        folder = tmp_path / name
        folder.mkdir()
        package = Package(folder, DIGITS, steps=4, convert="samples = 100", **train)
        assert ({*package.files} == FILES) == (name == "alone")
        torch.save(package.ann().state_dict(), folder / "ann.pt")
        flags = ["--weights", str(folder / "ann.pt"), "--out-dir", str(folder / "out")]
        flags += ["--data-dir", str(folder), "--limit", "100", "--device", "cpu"]
        assert package.convert.main(flags) == 0
        with (folder / "out/accuracy.csv").open(encoding="utf-8", newline="") as file:
            accuracy[name] = [*csv.DictReader(file)]
        assert (folder / "out/report.html").is_file()
    assert len(accuracy["alone"]) == 4
    assert accuracy["alone"] == accuracy["trained"]
