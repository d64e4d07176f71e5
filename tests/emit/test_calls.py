"""What a network says of a call that it cannot carry out: in its own words, before it computes."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from snnc import network
from tests.support.nets import document

LAYERS = """
[network]
layers = [{ kind = "Flatten" }, { kind = "Linear", out_features = 3 }, { kind = "LIF" }]
"""
IMAGE = "[input]\nshape = [1, 8, 8]\n" + LAYERS
EVENTS = '[input]\nshape = [2, 4]\nencoder = "none"\n' + LAYERS
ROWS = '[input]\nshape = [1, 4, 8]\nencoder = "rows"\n' + LAYERS.replace(
    '{ kind = "Flatten" }, ', ""
)
TWO = """
[inputs.image]
shape = [4]
[inputs.hint]
shape = [2]
[network]
layers = [
  { kind = "Concat", from = ["image", "hint"] },
  { kind = "LIF" },
]
"""
TIMED = ": with a time axis, [T, B, ...] or [B, T, ...], where none is wanted?"


def made(folder: Path, text: str) -> Any:
    doc = document(folder, text)
    return network(doc)()


@pytest.mark.parametrize(
    ("text", "given", "wanted", "guess"),
    [
        (IMAGE, (1, 8, 8), "[B, 1, 8, 8]", ": without a batch axis, x[None]?"),
        (IMAGE, (2, 3, 8, 8), "[B, 1, 8, 8]", ""),
        (IMAGE, (4, 2, 1, 8, 8), "[B, 1, 8, 8]", TIMED),
        (
            EVENTS,
            (4, 2, 4),
            "[T, B, 2, 4]",
            ": [T, ...] without a batch axis, x[:, None]?",
        ),
        (ROWS, (2, 4, 8), "[B, 1, 4, 8]", ": without a channel axis, x.unsqueeze(1)?"),
    ],
)
def test_data_of_another_shape(
    tmp_path: Path, text: str, given: tuple[int, ...], wanted: str, guess: str
) -> None:
    net = made(tmp_path, text)
    for call in (net, net.values):
        assert callable(call)
        with pytest.raises(ValueError, match="must be") as caught:
            call(torch.rand(given))
        assert str(caught.value) == f"x must be {wanted}, not {[*given]}{guess}"


def test_one_of_several_inputs(tmp_path: Path) -> None:
    net = made(tmp_path, TWO)
    assert net(image=torch.rand(3, 4), hint=torch.rand(3, 2)).shape == (3, 6)
    with pytest.raises(ValueError, match=r"hint must be \[B, 2\], not \[3, 3\]"):
        net(image=torch.rand(3, 4), hint=torch.rand(3, 3))


@pytest.mark.parametrize("steps", [0, -2])
def test_no_steps(tmp_path: Path, steps: int) -> None:
    net, x = made(tmp_path, IMAGE), torch.rand(2, 1, 8, 8)
    said = f"time_steps must be at least 1, not {steps}"
    with pytest.raises(ValueError, match=said):
        net(x, time_steps=steps)
    net.time_steps = steps
    with pytest.raises(ValueError, match=said):
        net(x)
    assert net(x, time_steps=2).shape == (2, 3)


def test_more_steps_than_an_image_has_rows(tmp_path: Path) -> None:
    net, x = made(tmp_path, ROWS), torch.rand(2, 1, 4, 8)
    with pytest.raises(ValueError, match="input has 4 steps, not 5"):
        net(x, time_steps=5)
    state: dict[str, torch.Tensor] = {}
    net(x, time_steps=4, state=state)
    with pytest.raises(ValueError, match="input has 4 steps, not 5"):
        net(x, time_steps=1, state=state)


@pytest.mark.parametrize("steps", [2.5, "3", True, [2]])
def test_steps_that_are_no_integer(tmp_path: Path, steps: Any) -> None:
    net, x = made(tmp_path, IMAGE), torch.rand(2, 1, 8, 8)
    with pytest.raises(ValueError, match="time_steps must be an integer, not") as caught:
        net(x, time_steps=steps)
    assert str(caught.value).endswith(repr(steps))
    assert net(x, time_steps=np.int64(2)).shape == (2, 3)


@pytest.mark.parametrize(
    ("given", "said"), [(np.zeros((2, 1, 8, 8)), "ndarray"), ([1.0], "list"), (None, "NoneType")]
)
def test_data_that_is_no_tensor(tmp_path: Path, given: Any, said: str) -> None:
    with pytest.raises(TypeError, match=f"x must be a tensor, not {said}"):
        made(tmp_path, IMAGE)(given)
