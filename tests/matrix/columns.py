"""The columns: what is done with the package of a row, one after another, and what must hold."""

import csv
import math
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from snnc.document import Document


@dataclass(frozen=True)
class Package:
    """A package that was imported, and a folder with its data; scripts write below it."""

    document: Document
    scripts: dict[str, Any]
    folder: Path
    printed: Callable[[], str]

    def run(self, script: str, *flags: str, code: int = 0) -> str:
        """What a script prints; it must end with that code."""
        data = ["--data-dir", str(self.folder)]
        before = len(self.printed())
        found = self.scripts[script].main([*data, *flags])
        said = self.printed()[before:]
        assert found == code, f"exit code {found}: {said.strip()[-300:]}"
        return said

    def train(self, name: str, *flags: str, code: int = 0) -> str:
        """A run in the folder of that name."""
        out = ["--out-dir", str(self.folder / name), "--device", "cpu"]
        return self.run("train", *out, *flags, code=code)

    def rows(self, name: str) -> list[dict[str, str]]:
        """The numbers of a run, an epoch each."""
        with (self.folder / name / "metrics.csv").open(encoding="utf-8") as file:
            return [*csv.DictReader(file)]


ONE, TWO = ("--epochs", "1"), ("--epochs", "2")


def trained(package: Package) -> None:
    """One epoch and a part of the next one, where somebody asks the run to stop."""
    script = package.scripts["train"]
    original = script.train_batch

    def batch(learner: Any, *arguments: Any) -> Any:
        if learner.epoch == 1:
            os.kill(os.getpid(), signal.SIGTERM)
        return original(learner, *arguments)

    script.train_batch = batch
    try:
        package.train("run", *TWO, code=128 + signal.SIGTERM)
    finally:
        script.train_batch = original
    sound(package, "run", 1)


def resumed(package: Package) -> None:
    """The rest of two epochs: every number is finite, and none is a share above 1."""
    package.train("run", "--resume")
    sound(package, "run", 2)


def resumed_alike(package: Package) -> None:
    """The same, and a run that was not stopped has the same weights."""
    import torch

    from tests.training.packages import assert_same

    resumed(package)
    package.train("whole", *TWO)
    runs = (package.folder / name / "checkpoint_latest.pt" for name in ("run", "whole"))
    one, other = (torch.load(path, weights_only=True)["model"] for path in runs)
    assert_same(one, other)


def evaluated(package: Package) -> None:
    """The score of the best checkpoint is that which training printed of it."""
    said = package.train("run", "--evaluate").strip()
    scores = [f"{float(row['test/loss']):.4f}"[:5] for row in package.rows("run")]
    assert any(score in said for score in scores), f"test/loss was {scores}, and now: {said}"


def drawn(package: Package) -> None:
    """Pictures of the run, and arrays for each layer of neurons."""
    run = package.folder / "run"
    package.run("visualize", "--run", str(run), "--save-arrays")
    pictures = {path.stem for path in (run / "pictures").glob("*.png")}
    assert "curves" in pictures, "there are no curves"
    layers = package.scripts["visualize"].LAYERS
    assert not layers or any(name.startswith("activity_") for name in pictures), sorted(pictures)
    steps = package.document.spec.time_steps
    for path in arrays(package, layers):
        values = np.load(path)
        assert values.size > 0, f"{path.name} is empty"
        assert len(values) == steps, f"{path.name} has {len(values)} of {steps} steps"
        assert np.isfinite(values).all(), f"{path.name} is not finite"


def arrays(package: Package, layers: list[Any]) -> Iterator[Path]:
    """Where the states of each layer are, and its spikes or its output."""
    for layer in layers:
        for name in (*layer.states, "s" if layer.fires else "output"):
            yield package.folder / "run/pictures" / f"{layer.name}_{name}.npy"


def in_amp(package: Package) -> None:
    package.train("amp", *ONE, "--amp")
    sound(package, "amp", 1)


def in_float64(package: Package) -> None:
    import torch

    package.train("double", *ONE, "--no-amp", "--dtype", "float64")
    sound(package, "double", 1)
    state = torch.load(package.folder / "double/checkpoint_latest.pt", weights_only=True)
    kinds = {x.dtype for x in state["model"].values() if x.is_floating_point()}
    assert kinds <= {torch.float64}, f"weights are of {kinds}"


def compiled(package: Package) -> None:
    package.train("compiled", *ONE, "--compile")
    sound(package, "compiled", 1)


def converted(package: Package) -> None:
    """The SNN of the trained ANN; its neurons are drawn."""
    weights, out = package.folder / "run/checkpoint_best.pt", package.folder / "run/convert"
    package.run("convert", "--weights", str(weights), "--out-dir", str(out))
    assert (out / "snn.pt").exists()


def sound(package: Package, run: str, epochs: int) -> None:
    """A row an epoch, of numbers that can be."""
    rows = package.rows(run)
    assert len(rows) == epochs, f"{len(rows)} epochs of {epochs}"
    for name, text in rows[-1].items():
        value = float(text)
        assert math.isfinite(value), f"{name} is {text}"
        share = name.endswith("/accuracy")
        assert not share or 0 <= value <= 1, f"{name} is {text}"


Column = Callable[[Package], None]


def columns(document: Document, whole: bool, compiles: bool) -> dict[str, Column]:
    """What is done with a spec; in the short form what every user does."""
    ann = document.spec.convert is not None
    return {
        "train": trained,
        "resume": resumed_alike if whole else resumed,
        "evaluate": evaluated,
        **({"convert": converted} if ann else {}),
        "visualize": drawn,
        "amp": in_amp,
        "float64": in_float64,
        **({"compile": compiled} if compiles else {}),
    }
