"""Checkpoints that are not what was written: one sentence, whatever is wrong with them."""

import os
import random
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch

from tests.training.packages import assert_same, run
from tests.training.test_checkpoints import contents, says


@pytest.fixture(scope="module")
def written(shared: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The checkpoint of a run of one epoch."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shared.visualize, "draw", lambda *_: [])
        run(shared, folder, "--epochs", "1")
    return (folder / "checkpoint_latest.pt").read_bytes()


def test_a_flipped_bit(script: ModuleType, tmp_path: Path, written: bytes) -> None:
    """It is noticed, or it is one that holds nothing: of a name in the archive, or of its dates."""
    path, draw = tmp_path / "one.pt", random.Random(0)
    path.write_bytes(written)
    whole = script.training.read(path, script.NETWORK)
    noticed = []
    for place in sorted(draw.sample(range(len(written)), 150)):
        flipped = bytearray(written)
        flipped[place] ^= 1 << draw.randrange(8)
        path.write_bytes(flipped)
        try:
            state = script.training.read(path, script.NETWORK)
        except script.training.RunError as error:
            noticed.append(str(error))
        else:
            assert_same(state, whole)
    assert len(noticed) > 100
    assert {said for said in noticed if not said.startswith(f"{path} is ")} == set()


def test_a_flipped_bit_of_a_weight(
    script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str], written: bytes
) -> None:
    (tmp_path / "run").mkdir()
    path = tmp_path / "run/checkpoint_latest.pt"
    path.write_bytes(written)
    weight = torch.load(path, weights_only=True)["model"]["fc1.weight"].numpy().tobytes()
    place = written.index(weight) + len(weight) // 2
    flipped = bytearray(written)
    flipped[place] ^= 1
    path.write_bytes(flipped)
    before = contents(tmp_path / "run")
    said = says(script, capsys, "--resume", "run")
    reason = "is damaged: its digest is that of other contents"
    assert said == f"run/checkpoint_latest.pt {reason}; nothing was changed.\n"
    assert contents(tmp_path / "run") == before


def without(key: str) -> Callable[[dict[str, Any]], object]:
    return lambda state: {name: value for name, value in state.items() if name != key}


def with_(**changes: object) -> Callable[[dict[str, Any]], object]:
    return lambda state: state | changes


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (with_(format=1), "is a checkpoint of format 1, and this is 2"),
        (with_(format=torch.ones(2)), "holds something else than a checkpoint of train.py"),
        (with_(format=True), "holds something else than a checkpoint of train.py"),
        (without("model"), "is no whole checkpoint: model is missing"),
        (without("digest"), "is no whole checkpoint: digest is missing"),
        (with_(epoch="1"), "is no whole checkpoint: epoch is of the type str"),
        (with_(epoch=True), "is no whole checkpoint: epoch is of the type bool"),
        (with_(model={"a": 1}), "is no whole checkpoint: model has 'a', which is no tensor"),
        (with_(history=[[]]), "is no whole checkpoint: history or score is incomplete"),
        (with_(score=[]), "is no whole checkpoint: history or score is incomplete"),
        (
            with_(score=["a"] * 4),
            "is no whole checkpoint: history or score holds something else than numbers",
        ),
        (with_(settings={}), "is no whole checkpoint: the setting epochs is missing"),
        (
            lambda state: state | {"settings": state["settings"] | {"epochs": "4"}},
            "is no whole checkpoint: the setting epochs is '4'",
        ),
        (
            lambda state: state | {"settings": state["settings"] | {"speed": 1}},
            "is no whole checkpoint: there is no setting speed",
        ),
        (
            lambda state: state | {"settings": state["settings"] | {"optimizer": {}}},
            "is no whole checkpoint: an optimizer or a scheduler has no kind",
        ),
        (with_(optimizer={}), "does not fit: its optimizer is another one"),
        (with_(scheduler={"foreign": {1, 2}}), "is damaged"),
    ],
)
def test_foreign_dicts(
    script: ModuleType,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    written: bytes,
    change: Callable[[dict[str, Any]], Any],
    problem: str,
) -> None:
    """Each with a digest of its own, as if somebody else had written it."""
    path = tmp_path / "one.pt"
    path.write_bytes(written)
    state = change(torch.load(path, weights_only=True))
    if "digest" in state and "foreign" not in state["scheduler"]:
        state = script.training.checkpoints.sealed(state)
    torch.save(state, path)
    said = says(script, capsys, "--resume", "one.pt", "--out-dir", "run")
    assert said.startswith(f"one.pt {problem}")
    assert said.endswith("; nothing was changed.\n")
    assert [found.name for found in tmp_path.iterdir()] == ["one.pt"]


def test_no_file(script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tmp_path / "pipe.pt")
    said = says(script, capsys, "--resume", "pipe.pt", "--out-dir", "run")
    assert said == "pipe.pt is no file; nothing was changed.\n"
