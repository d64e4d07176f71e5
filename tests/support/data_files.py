"""The generated data.py as a module, and small data in the formats that people have."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from snnc.emit.runtime import NAME, Runtime
from snnc.emit.training import training_files
from snnc.sections.train import Train

STEPS = 4


def _frozen(value: Any) -> Any:
    """Arrays as tuples, tables as they are: what a spec becomes before it is validated."""
    if isinstance(value, list):
        return tuple(map(_frozen, value))
    return {k: _frozen(v) for k, v in value.items()} if isinstance(value, dict) else value


def section(dataset: Any) -> Train:
    """[train] with that dataset."""
    rest = {"loss": "mse", "epochs": 1, "batch_size": 2, "optimizer": "Adam"}
    return Train.model_validate({"dataset": _frozen(dataset), **rest})


def text(
    dataset: Any, shape: tuple[int, ...] | None = None, timed: bool = False, classes: int = 3
) -> str:
    """data.py for a dataset; ``shape`` and ``classes`` where the dataset does not know them."""
    train = section(dataset)
    shape = train.dataset.shape or shape
    assert shape is not None
    timed = timed or bool(train.dataset.timed)
    files = training_files(
        Runtime("net", NAME, NAME), train, "net", "Net", shape, STEPS, timed=timed, classes=classes
    )
    return files["data.py"]


def module(folder: Path, dataset: Any, **network: Any) -> ModuleType:
    """data.py for a dataset, imported."""
    return imported(folder, text(dataset, **network))


def imported(folder: Path, written: str) -> ModuleType:
    """The module of that text."""
    path = folder / "generated_data.py"
    path.write_text(written, "utf-8")
    # one of the same size, of the same second, would be taken for this one
    Path(importlib.util.cache_from_source(path)).unlink(missing_ok=True)
    spec = importlib.util.spec_from_file_location(f"data_of_{folder.name}", path)
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    sys.modules[made.__name__] = made  # where dataclasses look for the types of fields
    spec.loader.exec_module(made)
    return made
