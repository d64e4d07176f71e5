"""data.py for arrays of one's own: out of a file, or from a function."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
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


def test_labels_are_those_that_the_spec_states(tmp_path: Path) -> None:
    found = arrays(STEPS, 2, 3)
    each = {**found}
    for name in ("y_train", "y_test"):
        each[name] = np.repeat(found[name][:, None], STEPS, axis=1)
    for right, wrong, per, form in (
        (found, each, "sample", r"\[N\]"),
        (each, found, "step", r"\[N, T\]"),
    ):
        assert len(npz(tmp_path, right, timed=True, labels_per=per).load(tmp_path).train) == 10
        data = npz(tmp_path, wrong, timed=True, labels_per=per)
        with pytest.raises(data.DataError, match=rf"labels are integers {form}\.$"):
            data.load(tmp_path)


GOOD = arrays(2, 3)


@pytest.mark.parametrize(
    ("name", "array", "says"),
    [
        ("x_test", GOOD["x_test"][:, :1], r"x is \(1, 3\) instead of \(2, 3\)"),
        ("x_train", np.array(1.0), r"x is \(\) instead of \(2, 3\)"),
        ("x_train", np.array(["a"]), "x_train holds <U1, not numbers"),
        ("y_train", np.array(["cat", "dog"] * 5), r"y_train holds <U3, not numbers: numpy\.unique"),
        ("x_train", GOOD["x_train"].astype(complex), "x_train holds complex128, not numbers"),
        ("x_test", GOOD["x_test"][:0], "There are no samples: x_train and x_test need one"),
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


ODD: dict[str, Callable[[Any], Any]] = {
    "backwards": lambda a: a[::-1].copy()[::-1],
    "big-endian": lambda a: a.astype(a.dtype.newbyteorder(">")),
    "in Fortran's order": np.asfortranarray,
    "read-only": lambda a: (a.setflags(write=False), a)[1],
    "wider": lambda a: a.astype(np.longdouble if a.dtype.kind == "f" else np.uint16),
    "whole floats": lambda a: a.astype(np.float64),
    "a list": lambda a: a.tolist(),
    "a tensor that is learned": lambda a: torch.tensor(a, requires_grad=a.dtype.kind == "f"),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", ODD)
def test_arrays_as_they_come(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    data = own(tmp_path, "images")
    found = [ODD[name](array.copy()) for array in GOOD.values()]
    monkeypatch.setattr(data, "import_module", lambda _: SimpleNamespace(images=lambda _: found))
    x, labels = data.load(tmp_path).train.batch(torch.tensor([3, 1]))
    assert x.tolist() == GOOD["x_train"][[3, 1]].tolist()
    assert labels.tolist() == [0, 1]


def test_what_is_no_four_arrays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = own(tmp_path, "images")
    dataset = torch.utils.data.TensorDataset(torch.ones(4, 2, 3), torch.ones(4))
    ragged = [[[1.0], [2.0, 3.0]], [0, 1], [[1.0]], [0]]
    for found, says in (
        (dataset, "returned TensorDataset instead of the four arrays"),
        (None, "returned NoneType instead of the four arrays"),
        (ragged, "x_train is no array: "),
        ([dataset, [0], dataset, [0]], "x_train holds object, not numbers|x_train is"),
    ):
        loader = SimpleNamespace(images=lambda _, found=found: found)
        monkeypatch.setattr(data, "import_module", lambda _, loader=loader: loader)
        with pytest.raises(data.DataError, match=says):
            data.load(tmp_path)


def test_one_number_normalises_all_channels(tmp_path: Path) -> None:
    data = npz(tmp_path, GOOD, normalize={"mean": 0.5, "std": 2})
    x, _ = data.load(tmp_path).train[1]
    assert torch.equal(x, (torch.from_numpy(GOOD["x_train"][1]) - 0.5) / 2)


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
    with pytest.raises(
        data.DataError, match="returned 3 instead of the four arrays x_train, y_train"
    ):
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
