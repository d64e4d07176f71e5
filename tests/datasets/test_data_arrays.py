"""data.py for arrays of one's own: out of a file, or from a function."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.support.data_files import STEPS, module

Arrays = dict[str, np.ndarray[Any, Any]]


def arrays(*sample: int, count: int = 10) -> Arrays:
    """Four arrays: samples counted up, labels 0, 1, 2, 0, …"""
    x = np.arange(count * int(np.prod(sample)), dtype=np.float32).reshape(count, *sample)
    y = np.arange(count) % 3
    return {"x_train": x, "y_train": y, "x_test": -x[:5], "y_test": y[:5]}


def npz(folder: Path, found: Arrays, timed: bool = False, **fields: Any) -> Any:
    np.savez(folder / "my.npz", allow_pickle=True, **found)
    return module(folder, {"kind": "npz", "path": "my.npz", **fields}, shape=(2, 3), timed=timed)


def test_npz_of_images(tmp_path: Path) -> None:
    found = arrays(2, 3)
    loaded = npz(tmp_path, found).load(tmp_path, limit=4)
    x, labels = loaded.train.batch(torch.tensor([3, 1]))
    assert x.tolist() == found["x_train"][[3, 1]].tolist()
    assert labels.tolist() == [0, 1]
    assert (len(loaded.train), len(loaded.test)) == (4, 4)
    found["x_train"] = found["x_train"].astype(np.uint8)
    scaled = npz(tmp_path, found, white=2).load(tmp_path).train[1][0]
    assert scaled.tolist() == (found["x_train"][1] / 2).tolist()


def test_npz_of_sequences_is_time_first(tmp_path: Path) -> None:
    found = arrays(STEPS, 2, 3)
    x, labels = npz(tmp_path, found, timed=True).load(tmp_path).train.batch(torch.tensor([4, 2]))
    assert x.shape == (STEPS, 2, 2, 3)
    assert x.is_contiguous()
    assert torch.equal(x[:, 0], torch.from_numpy(found["x_train"][4]))
    assert labels.tolist() == [1, 2]
    per_step = np.arange(10 * STEPS).reshape(10, STEPS) % 3
    _, labels = (
        npz(tmp_path, {**found, "y_train": per_step}, timed=True)
        .load(tmp_path)
        .train.batch(torch.tensor([4, 2]))
    )
    assert labels.tolist() == per_step[[4, 2]].T.tolist()


GOOD = arrays(2, 3)


@pytest.mark.parametrize(
    ("name", "array", "says"),
    [
        ("x_test", GOOD["x_test"][:, :1], r"x is \(1, 3\) instead of \(2, 3\)"),
        ("x_train", np.array(1.0), r"x is \(\) instead of \(2, 3\)"),
        ("x_train", np.array(["a"]), "has no x_train to read"),
        ("x_train", np.array([{}]), "has no x_train to read"),
        ("y_train", GOOD["y_train"][:9], r"10 samples, but y is \(9,\)"),
        ("y_train", GOOD["y_train"] / 2, "of torch.float64: labels are integers"),
        ("y_test", GOOD["y_test"] + 1, "a label 3: labels are below 3"),
        ("y_test", GOOD["y_test"] - 1, "a label -1: labels are below 3"),
    ],
)
def test_broken_npz_is_refused_in_one_sentence(
    tmp_path: Path, name: str, array: np.ndarray[Any, Any], says: str
) -> None:
    data = npz(tmp_path, {**GOOD, name: array})
    with pytest.raises(data.DataError, match=says):
        data.load(tmp_path)


def test_an_array_that_is_not_there(tmp_path: Path) -> None:
    data = npz(tmp_path, {name: array for name, array in GOOD.items() if name != "y_test"})
    with pytest.raises(data.DataError, match=r"my\.npz has no y_test to read: "):
        data.load(tmp_path)


def test_missing_and_truncated_npz(tmp_path: Path) -> None:
    data = npz(tmp_path, arrays(2, 3))
    path = tmp_path / "my.npz"
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(data.DataError, match=r"my\.npz is broken: "):
        data.load(tmp_path)
    path.unlink()
    with pytest.raises(data.DataError, match=r"There is no .*my\.npz: `numpy\.savez"):
        data.load(tmp_path)


LOADER = """
import numpy as np

def images(data_dir):
    x = np.ones((4, 2, 3))
    return x, [0, 1, 2, 0], x * len(data_dir.name), [1, 1, 1, 1]

def frames(data_dir, time_steps):
    x = np.ones((4, time_steps, 2, 3))
    return x, [0, 1, 2, 0], x, [1, 1, 1, 1]

def three(data_dir):
    return 1, 2, 3
"""


def own(folder: Path, function: str, timed: bool = False) -> Any:
    """data.py that calls a function of a module that lies in ``folder``."""
    name = f"loader_of_{folder.name}"
    (folder / f"{name}.py").write_text(LOADER, "utf-8")
    dataset = {"kind": "module", "loader": f"{name}:{function}"}
    return module(folder, dataset, shape=(2, 3), timed=timed)


def test_a_function_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    folder = tmp_path / "12345"
    loaded = own(tmp_path, "images").load(folder)
    assert float(loaded.test.batch(torch.arange(4))[0].max()) == 5.0
    x, _ = (
        own(tmp_path, "frames", timed=True).load(folder, time_steps=7).train.batch(torch.arange(3))
    )
    assert x.shape == (7, 3, 2, 3)
    data = own(tmp_path, "three")
    with pytest.raises(data.DataError, match="returned 3 arrays instead of 4"):
        data.load(folder)
    data = own(tmp_path, "absent")
    with pytest.raises(data.DataError, match=r"cannot be imported: .*absent"):
        data.load(folder)


def test_only_the_training_script_imports_the_function(tmp_path: Path) -> None:
    data = own(tmp_path, "images")  # the folder is not where Python looks
    name = f"loader_of_{tmp_path.name}"
    assert name not in sys.modules
    with pytest.raises(data.DataError, match=rf"^{name}:images cannot be imported: No"):
        data.load(tmp_path)
