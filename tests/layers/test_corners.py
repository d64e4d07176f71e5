"""What a layer needs of its inputs for a corner of its output: all of that, and no more."""

import itertools
from typing import Any

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from snnc.kinds import catalog
from snnc.layer import Layer
from snnc.program.crops import reach
from snnc.shapes import Shape, ShapeError

SMALL = st.integers(1, 3)
WINDOW = {"kernel_size": SMALL, "stride": SMALL}
DILATED = {"dilation": st.integers(1, 2)}
POOL = {**WINDOW, "ceil_mode": st.booleans()}
CONV = {**WINDOW, **DILATED, "out_channels": st.just(2)}
KINDS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "Conv2d": {**CONV, "padding": st.integers(0, 2)},
    "WSConv2d": {**CONV, "padding": st.integers(0, 2)},
    "AvgPool2d": {**POOL, "padding": st.integers(0, 1), "count_include_pad": st.booleans()},
    "MaxPool2d": {**POOL, **DILATED, "padding": st.integers(0, 1)},
}


def layer(kind: str, **fields: Any) -> Layer:
    made = catalog("snnc.layers")[kind].model_validate({"kind": kind, **fields})
    assert isinstance(made, Layer)
    return made


def module(made: Layer, shape: Shape) -> nn.Module:
    """PyTorch's, with weights that hide nothing: all positive, and all of them binary fractions."""
    kept = made.kept(shape)
    assert kept
    call = kept.module
    found: nn.Module = getattr(nn, call.target.removeprefix("nn."))(*call.args, **call.keywords)
    for parameter in found.parameters():
        nn.init.constant_(parameter, 0.5).requires_grad_(False)
    return found.double()


def support(found: nn.Module, shape: Shape, corner: Shape) -> tuple[int, ...]:
    """How far along each axis the inputs stand on which a corner of the output depends."""
    x = torch.zeros(1, *shape, dtype=torch.float64)
    there = []
    for row, column in itertools.product(range(shape[1]), range(shape[2])):
        changed = x.clone()
        changed[..., row, column] = 4.0
        differs = (found(changed) != found(x))[..., : corner[1], : corner[2]]
        there += [(row + 1, column + 1)] if differs.any() else []
    return tuple(map(max, zip(*there, strict=True)))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Layer, Shape, Shape]:
    """A layer, the shape of its input, and a corner of its output."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    fields = {name: draw(values) for name, values in KINDS[kind].items()}
    shape = (2, draw(st.integers(1, 8)), draw(st.integers(1, 8)))
    made = layer(kind, **fields)
    try:
        whole = made.shape(shape)
    except ShapeError:
        assume(False)
    return made, shape, (whole[0], *(draw(st.integers(1, size)) for size in whole[1:]))


@settings(max_examples=150, deadline=None)
@given(cases())
def test_a_corner_needs_what_it_depends_on_and_no_more(case: tuple[Layer, Shape, Shape]) -> None:
    made, shape, corner = case
    (need,) = made.corners(corner, shape)
    found = module(made, shape)
    reached = support(found, shape, corner)
    for few, most, size in zip(reached, need[1:], shape[1:], strict=False):
        assert few == most or few < most == size  # of a border that is read all is needed
    x = torch.randint(-8, 8, (1, *shape), dtype=torch.float64)
    cut: Tensor = found(x[..., : need[1], : need[2]])
    assert torch.equal(*(y[..., : corner[1], : corner[2]] for y in (cut, found(x))))
    assert cut.shape[1:] == made.shape(need)


EVERYTHING: dict[str, dict[str, Any]] = {
    "ConvTranspose2d": {"out_channels": 1, "kernel_size": 2, "stride": 2},
    "Upsample": {"scale_factor": 2.0},
    "AdaptiveAvgPool2d": {"output_size": 2},
    "AdaptiveMaxPool2d": {"output_size": 2},
    "BatchNorm2d": {},
    "GroupNorm": {"num_groups": 2},
    "LayerNorm": {},
    "Dropout": {},
    "Delay": {"delay": 1.0},
    "Concat": {"dim": 1},
    "Softmax": {"dim": 2},
    "Flatten": {},
    "Permute": {"dims": (0, 2, 1)},
}


@pytest.mark.parametrize("kind", EVERYTHING)
def test_what_couples_a_map_needs_all_of_it(kind: str) -> None:
    assert layer(kind, **EVERYTHING[kind]).corners((2, 1, 1), (2, 4, 6)) == ((2, 4, 6),)


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
def test_a_border_made_of_the_map_needs_all_of_it(mode: str) -> None:
    fields = {"out_channels": 1, "kernel_size": 3, "padding_mode": mode}
    assert layer("Conv2d", **fields, padding=1).corners((1, 2, 2), (2, 8, 8)) == ((2, 8, 8),)
    assert layer("Conv2d", **fields).corners((1, 2, 2), (2, 8, 8)) == ((2, 4, 4),)


@pytest.mark.filterwarnings("ignore:Using padding=.same.")
@pytest.mark.parametrize("kernel", range(1, 6))
def test_padding_that_keeps_the_size_is_wider_at_the_end(kernel: int) -> None:
    made = layer("Conv2d", out_channels=2, kernel_size=kernel, padding="same")
    (need,) = made.corners((2, 3, 4), (2, 9, 9))
    assert need[1:] == support(module(made, (2, 9, 9)), (2, 9, 9), (2, 3, 4))
    assert need[1:] == (3 + kernel // 2, 4 + kernel // 2)


def test_what_joins_maps_needs_the_same_of_each() -> None:
    shapes = ((2, 8, 8), (2, 8, 8))
    for kind in ("Add", "Mul", "Concat"):
        assert layer(kind).corners((2, 3, 4), *shapes) == ((2, 3, 4), (2, 3, 4))
    assert layer("Concat").corners((5, 3, 4), (2, 8, 8), (3, 8, 8)) == ((2, 3, 4), (3, 3, 4))


def test_how_much_reaches_an_output_is_said_by_its_axes() -> None:
    assert reach((2, 9), (2, 8)) == "8 of 9 positions reach an output"
    assert reach((2, 9, 9), (2, 8, 8)) == "8 of 9 rows and columns reach an output"
    assert reach((2, 9, 8), (2, 8, 8)) == "8 of 9 rows reach an output"
    assert reach((2, 9, 7), (2, 8, 6)) == "8 of 9 rows, 6 of 7 columns reach an output"
    assert reach((1, 5, 5, 5), (1, 4, 4, 4)) == "4 of 5 slices, rows and columns reach an output"
