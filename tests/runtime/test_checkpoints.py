"""Files are replaced at once, and tensors are compared before anything is believed."""

from pathlib import Path

import pytest
import torch
from torch import nn

from tests.runtime.runtime import module

checkpoints = module("training.checkpoints")
RunError = module("training.settings").RunError


def test_a_file_is_made_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "x.pt"
    checkpoints.replace(path, b"one")
    assert path.read_bytes() == b"one"
    checkpoints.replace(path, b"two")
    assert path.read_bytes() == b"two"
    assert [*tmp_path.iterdir()] == [path]


def test_a_file_that_cannot_be_replaced_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.pt"
    path.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises((OSError, RunError)):
        checkpoints.replace(path, b"new")
    assert path.read_bytes() == b"old"
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"weight": torch.zeros(3, 2)}, "weight is [3, 2] there and [2, 3] here"),
        ({"bias": None}, "bias is missing there and [2] here"),
        ({"more": torch.zeros(1)}, "more is [1] there and missing here"),
    ],
)
def test_tensors_that_do_not_fit_are_named(change: dict[str, object], said: str) -> None:
    net = nn.Linear(3, 2)
    saved = {**net.state_dict(), **change}
    saved = {name: tensor for name, tensor in saved.items() if tensor is not None}
    with pytest.raises(RunError, match="does not fit") as raised:
        checkpoints.check(net, saved, Path("run/x.pt"))
    assert said in str(raised.value)
    assert str(raised.value).startswith("run/x.pt")


def test_tensors_that_fit_are_taken() -> None:
    net = nn.Linear(3, 2)
    checkpoints.check(net, net.state_dict(), Path("x.pt"))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and then nothing", b"\x80\x02N."])
def test_what_is_no_checkpoint_is_said_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.pt"
    path.write_bytes(content)
    with pytest.raises(RunError, match=r"x\.pt"):
        checkpoints.read(path, "net")
    with pytest.raises(RunError, match="does not exist"):
        checkpoints.read(tmp_path / "other.pt", "net")
