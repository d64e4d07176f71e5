"""data.py: what is kept apart to pick the best network by, and how training images are changed."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from tests.support.data_files import STEPS, module


def loaded(folder: Path, timed: bool = False, limit: int | None = None, **fields: Any) -> Any:
    """Random bytes [C, H, W] = [3, 6, 5], 40 to train and 10 to test, as splits."""
    steps = (STEPS,) if timed else ()
    random = np.random.RandomState(2)
    x = random.randint(0, 256, (50, *steps, 3, 6, 5)).astype(np.uint8)
    y = random.randint(0, 3, 50)
    np.savez(folder / "x.npz", x_train=x[:40], y_train=y[:40], x_test=x[40:], y_test=y[40:])
    dataset = {"kind": "npz", "path": "x.npz", "white": 255, **fields}
    data = module(folder, dataset, shape=(3, 6, 5), timed=timed)
    return data.load(folder, limit)


def test_validation_samples_are_kept_apart(tmp_path: Path) -> None:
    whole = loaded(tmp_path)
    data = loaded(tmp_path, validation=0.1)
    assert (len(data.train), len(data.validation), len(data.test)) == (36, 4, 10)
    found = torch.cat([data.train.samples, data.validation.samples]).flatten(1).tolist()
    assert sorted(found) == sorted(whole.train.samples.flatten(1).tolist())
    assert found != whole.train.samples.flatten(1).tolist()
    again = loaded(tmp_path, validation=0.1)
    assert torch.equal(again.validation.samples, data.validation.samples)
    few = loaded(tmp_path, validation=0.1, limit=3)
    assert (len(few.train), len(few.validation), len(few.test)) == (3, 3, 3)
    assert torch.equal(few.validation.samples, data.validation.samples[:3])
    assert len(loaded(tmp_path, validation=0.001).validation) == 1


def test_splits_move_between_devices(tmp_path: Path) -> None:
    data = loaded(tmp_path, validation=0.1, augment=["RandomHorizontalFlip"])
    moved = data.to(torch.device("meta"))
    assert {moved.train.samples.device.type, moved.validation.labels.device.type} == {"meta"}
    assert moved.train.augment
    assert loaded(tmp_path).to(torch.device("meta")).validation is None


def windows(image: Tensor, padding: int) -> list[Tensor]:
    """Every window of an image's own size in the image with zeros around it."""
    height, width = image.shape[-2:]
    padded = F.pad(image, [padding] * 4)
    places = [(y, x) for y in range(2 * padding + 1) for x in range(2 * padding + 1)]
    return [padded[..., y : y + height, x : x + width] for y, x in places]


def place(image: Tensor, of: Tensor, padding: int) -> int:
    """Which window of ``of`` the image is; exactly one."""
    (found,) = (i for i, window in enumerate(windows(of, padding)) if torch.equal(window, image))
    return found


@pytest.mark.parametrize("timed", [False, True])
def test_each_sample_is_cropped_by_itself(tmp_path: Path, timed: bool) -> None:
    crop = {"kind": "RandomCrop", "padding": 2}
    data = loaded(tmp_path, timed=timed, augment=[crop], validation=0.1)
    x, labels = data.train.batch(torch.arange(36))
    assert torch.equal(labels, data.train.labels)
    images = x.transpose(0, 1) if timed else x
    places = {place(i, data.train[n][0], 2) for n, i in enumerate(images)}
    assert len(places) > 12  # of 25: not all alike
    for split in (data.validation, data.test):
        x, _ = split.batch(torch.tensor([1]))
        assert torch.equal(x[:, 0] if timed else x[0], split[1][0])


def test_flips_follow_their_probability(tmp_path: Path) -> None:
    every = torch.arange(40)
    for p in (0.0, 1.0):
        data = loaded(tmp_path, augment=[{"kind": "RandomHorizontalFlip", "p": p}])
        images = torch.stack([data.train[i][0] for i in range(40)])
        assert torch.equal(data.train.batch(every)[0], images.flip(-1) if p else images)
    x, _ = loaded(tmp_path, augment=["RandomHorizontalFlip"]).train.batch(every)
    flipped = [torch.equal(one, image.flip(-1)) for one, image in zip(x, images, strict=True)]
    kept = [torch.equal(one, image) for one, image in zip(x, images, strict=True)]
    assert all(a != b for a, b in zip(flipped, kept, strict=True))
    assert 5 < sum(flipped) < 35


CHANGES = [
    {"kind": "RandomCrop", "padding": 1},
    {"kind": "RandomHorizontalFlip", "p": 0.5},
    {"kind": "RandomRotation", "degrees": 90.0},
    {"kind": "RandomErasing", "p": 0.9},
    {"kind": "AutoAugment"},
    {"kind": "RandAugment", "num_ops": 1, "magnitude": 20},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change["kind"])
def test_changes_are_drawn_from_the_seed(tmp_path: Path, change: dict[str, Any]) -> None:
    data = loaded(tmp_path, augment=[change])
    before = data.train.samples.clone()

    def batch(seed: int) -> Tensor:
        torch.manual_seed(seed)
        found: Tensor = data.train.batch(torch.arange(40))[0]
        return found

    first = batch(1)
    assert torch.equal(batch(1), first)
    assert not torch.equal(batch(2), first)
    assert first.shape == (40, 3, 6, 5)
    assert 0 <= float(first.min()) <= float(first.max()) <= 1
    assert torch.equal(data.train.samples, before)


def test_changes_in_order_and_normalised_after(tmp_path: Path) -> None:
    flip = {"kind": "RandomHorizontalFlip", "p": 1.0}
    normalize = {"mean": [0.1, 0.2, 0.3], "std": [0.5, 0.25, 2.0]}
    data = loaded(tmp_path, augment=[flip, flip, flip], normalize=normalize)
    x = data.train.samples.double() / 255
    mean, std = (torch.tensor(normalize[name]).view(3, 1, 1) for name in ("mean", "std"))
    got, _ = data.train.batch(torch.arange(40))
    want = (x.flip(-1) - mean) / std
    torch.testing.assert_close(got.double(), want, rtol=0, atol=1e-6)
    single = loaded(tmp_path, normalize={"mean": [0.5], "std": [0.25]})
    torch.testing.assert_close(single.train[3][0].double(), (x[3] - 0.5) / 0.25, rtol=0, atol=1e-6)


def test_without_torchvision_its_changes_are_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "torchvision", None)
    with pytest.raises(Exception, match="AutoAugment is torchvision's: pip install torchvision"):
        loaded(tmp_path, augment=["AutoAugment"])
