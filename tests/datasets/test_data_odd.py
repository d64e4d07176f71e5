"""Labels and samples as people have them: each is read as it is meant, or told in one sentence."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from tests.datasets.test_data_arrays import GOOD, own

Change = Callable[[Any], Any]
INTEGERS = "labels are integers [N]."

LABELS: dict[str, tuple[Change, str]] = {
    "halves": (lambda y: y + 0.5, INTEGERS),
    "a column": (lambda y: y[:, None], INTEGERS),
    "one of K": (lambda y: np.eye(3)[y], INTEGERS),
    "one of K, integers": (lambda y: np.eye(3, dtype=int)[y], INTEGERS),
    "counted from 1": (lambda y: y + 1, "There is a label 3: labels are below 3."),
    "below 0": (lambda y: y - 1, "There is a label -1: labels are below 3."),
    "left out": (lambda y: np.where(y == 1, -100, y), "There is a label -100: labels are below 3."),
    "too few": (lambda y: y[:-1], INTEGERS),
    "words": (lambda y: np.array(["a", "b", "c"])[y], "holds <U1, not numbers"),
    "bytes": (lambda y: y.astype(np.uint8), ""),
    "yes and no": (lambda y: y > 0, ""),
    "whole floats": (lambda y: y.astype("f"), ""),
}
SAMPLES: dict[str, tuple[Change, str]] = {
    "doubles": (lambda x: x.astype("d"), ""),
    "halves": (lambda x: x.astype("f2"), ""),
    "integers": (lambda x: x.astype("i4"), ""),
    "yes and no": (lambda x: x > 7, ""),
    "a list of arrays": (list, ""),
    "of another shape": (lambda x: x[:, :1], "A sample of x is (1, 3) instead of (2, 3)."),
    "none": (lambda x: x[:0], "There are no samples: x_train and x_test need one at least."),
    "complex": (lambda x: x.astype(complex), "not numbers"),
}


def loaded(folder: Path, patch: pytest.MonkeyPatch, part: str, change: Change) -> Any:
    """The splits, with both arrays of x or of y changed."""
    patch.syspath_prepend(folder)
    data = own(folder, "images")
    found = [change(a.copy()) if name[0] == part else a for name, a in GOOD.items()]
    loader = SimpleNamespace(images=lambda _: found)
    patch.setattr(data, "import_module", lambda _: loader)
    try:
        return data.load(folder).train
    except data.DataError as error:
        return str(error)


@pytest.mark.parametrize("name", LABELS)
def test_labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    change, says = LABELS[name]
    found = loaded(tmp_path, monkeypatch, "y", change)
    if says:
        assert isinstance(found, str)
        assert says in found
        return
    _, labels = found.batch(torch.arange(10))
    assert labels.dtype == torch.int64
    assert labels.tolist() == [int(y) for y in change(GOOD["y_train"])]


@pytest.mark.parametrize("name", SAMPLES)
def test_samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    change, says = SAMPLES[name]
    found = loaded(tmp_path, monkeypatch, "x", change)
    if says:
        assert isinstance(found, str)
        assert says in found
        return
    x, _ = found.batch(torch.arange(10))
    assert x.dtype == torch.float32
    assert x.tolist() == np.array(change(GOOD["x_train"])).astype("f").tolist()
