"""Data of another shape is refused with what was given, what is wanted, and a guess why."""

import warnings
from pathlib import Path
from typing import Any

import pytest
import torch

from snnc import network
from tests.support.nets import document

LAYERS = '\n[network]\nlayers = ["Flatten", { kind = "Linear", out_features = 4 }, "IF"]\n'
T = 5
TIMED = "with a time axis, [T, B, ...] or [B, T, ...], where none is wanted?"


def made(folder: Path, shape: str, encoder: str) -> Any:
    text = f'[input]\nshape = {shape}\nencoder = "{encoder}"\n{LAYERS}'
    doc = document(folder, text, T)
    return network(doc)()


@pytest.mark.parametrize(
    ("shape", "encoder", "given", "says"),
    [
        ("[3, 8, 6]", "direct", (3, 8, 6),
         "[B, 3, 8, 6], not [3, 8, 6]: without a batch axis, x[None]?"),
        ("[3, 8, 6]", "direct", (2, 8, 6, 3),
         "[B, 3, 8, 6], not [2, 8, 6, 3]: with the channels last, x.movedim(-1, -3)?"),
        ("[1, 8, 6]", "direct", (2, 8, 6),
         "[B, 1, 8, 6], not [2, 8, 6]: without a channel axis, x.unsqueeze(1)?"),
        ("[1, 8, 6]", "direct", (2, 48),
         "[B, 1, 8, 6], not [2, 48]: flattened, x.unflatten(-1, (1, 8, 6))?"),
        ("[12]", "direct", (2, 3, 4), "[B, 12], not [2, 3, 4]: not flattened, x.flatten(1)?"),
        ("[12]", "direct", (T, 2, 12),
         f"[B, 12], not [5, 2, 12]: {TIMED}"),
        ("[12]", "direct", (2, 13), "[B, 12], not [2, 13]"),
        ("[12]", "none", (12,), "[T, B, 12], not [12]: without time and batch, x[None, None]?"),
        ("[12]", "none", (T, 12),
         "[T, B, 12], not [5, 12]: [T, ...] without a batch axis, x[:, None]?"),
        ("[12]", "none", (2, 12), "[T, B, 12], not [2, 12]: [B, ...] without a time axis?"),
        ("[12]", "none", (2, 12, T),
         "[T, B, 12], not [2, 12, 5]: with time as the last axis, x.movedim(-1, 0)?"),
        ("[2, 4, 3]", "none", (T, 2, 4, 3, 2),
         "[T, B, 2, 4, 3], not [5, 2, 4, 3, 2]: with the channels last, x.movedim(-1, -3)?"),
        ("[2, 4, 3]", "none", (T, 2, 24),
         "[T, B, 2, 4, 3], not [5, 2, 24]: flattened, x.unflatten(-1, (2, 4, 3))?"),
    ],
)  # fmt: skip
def test_a_call(
    tmp_path: Path, shape: str, encoder: str, given: tuple[int, ...], says: str
) -> None:
    net = made(tmp_path, shape, encoder)
    for call in (net, net.values):
        with pytest.raises(ValueError, match="x must be") as caught:
            call(torch.zeros(given))
        assert str(caught.value) == f"x must be {says}"


@pytest.mark.parametrize(
    ("encoder", "given", "says"),
    [
        ("none", (T, 2, 12),
         f"[B, 12], not [5, 2, 12]: {TIMED}"),
        ("none", (12,), "[B, 12], not [12]: without a batch axis, x[None]?"),
        ("direct", (12,), "[B, 12], not [12]: without a batch axis, x[None]?"),
    ],
)  # fmt: skip
def test_a_step_names_the_shape_that_it_was_given(
    tmp_path: Path, encoder: str, given: tuple[int, ...], says: str
) -> None:
    net = made(tmp_path, "[12]", encoder).eval()
    with pytest.raises(ValueError, match="x must be") as caught:
        net.step(torch.zeros(given))
    assert str(caught.value) == f"x must be {says}"


def test_swapped_axes_of_time_and_batch_are_suspected(tmp_path: Path) -> None:
    net = made(tmp_path, "[12]", "none").eval()
    says = r"x \[2, 5, 12\] is read as 2 steps of 5 samples, but T is 5: .* swapped, \[B, T"
    with pytest.warns(UserWarning, match=says):
        net(torch.zeros(2, T, 12))


def test_other_numbers_of_steps_and_parts_of_a_stream_are_not(tmp_path: Path) -> None:
    net = made(tmp_path, "[12]", "none").eval()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        net(torch.zeros(T, 2, 12))
        net(torch.zeros(T, T, 12))
        net(torch.zeros(7, 2, 12))
        net(torch.zeros(2, T, 12), state={})
        _, state = net.step(torch.zeros(T, 12))
        net.step(torch.zeros(T, 12), state)
