"""Small packages that train in a second: built from a spec, imported, run in this process."""

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch

import snnc
from tests.support.written import write

SPEC = """\
format = 1
name = "{name}"
time_steps = 4

[input]
shape = {shape}

[defaults]
neuron = {{ v_threshold = 0.25 }}

[network]
layers = [
{layers}
]
{rest}
[train]
dataset = {dataset}
epochs = 4
batch_size = 50
{train}
"""
LAYERS = """\
  "Flatten",
  { kind = "Linear", out_features = 32 },
  { kind = "IF", name = "hidden" },
  { kind = "Linear", out_features = 10 },
  { kind = "IF" },"""
SGD = 'optimizer = { kind = "SGD", lr = 0.5, momentum = 0.9 }\n'
COSINE = 'scheduler = { kind = "CosineAnnealingLR", T_max = 4 }\n'
MSE = 'loss = "mse"\n'


def build(
    folder: Path,
    name: str,
    train: str = MSE + SGD + COSINE,
    rest: str = "",
    layers: str = LAYERS,
    dataset: str = '"Digits"',
    shape: str = "[1, 8, 8]",
) -> ModuleType:
    """The training script of a package that is written into ``folder`` and imported."""
    folder.mkdir(exist_ok=True)
    spec = folder / f"{name}.snn.toml"
    words = {"rest": rest, "layers": layers, "dataset": dataset, "shape": shape}
    spec.write_text(SPEC.format(name=name, train=train, **words), "utf-8")
    write(folder, snnc.emit(snnc.load(spec)))
    sys.path.insert(0, str(folder))
    try:
        script = importlib.import_module(f"{name}.train")
        importlib.import_module(f"{name}.model")
    finally:
        sys.path.remove(str(folder))
    return script


def undrawn(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves out the pictures at the end of a run: they take longer than the run."""
    monkeypatch.setattr(script.visualize, "draw", lambda *_: [])


def run(script: ModuleType, folder: Path, *flags: str) -> dict[str, Any]:
    """A run that ends well; returns its latest checkpoint."""
    argv = ["--limit", "200", "--device", "cpu", "--out-dir", str(folder), *flags]
    assert script.main(argv) == 0
    return latest(folder)


def latest(folder: Path) -> dict[str, Any]:
    state: dict[str, Any] = torch.load(folder / "checkpoint_latest.pt", weights_only=True)
    return state


def assert_same(one: Any, other: Any) -> None:
    """Bit for bit, but for times, and digests over these."""
    assert type(one) is type(other)
    if isinstance(one, torch.Tensor):
        assert torch.equal(one, other)
    elif isinstance(one, dict):
        assert one.keys() == other.keys()
        for key in one.keys() - {"images/s", "score", "digest"}:
            assert_same(one[key], other[key])
    elif isinstance(one, list):
        assert len(one) == len(other)
        for pair in zip(one, other, strict=True):
            assert_same(*pair)
    else:
        assert one == other
