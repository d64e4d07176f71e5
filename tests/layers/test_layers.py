"""Layers state what PyTorch does: shapes, parameters, MACs, and what is refused."""

import warnings
from collections.abc import Callable
from functools import reduce
from math import prod
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from snnc.kinds import catalog
from snnc.layer import Layer
from snnc.layers._weighted import Weighted
from snnc.layers.add import Add
from snnc.layers.concat import Concat
from snnc.layers.group_norm import GroupNorm
from snnc.layers.mul import Mul
from snnc.layers.normalize import Normalize
from snnc.layers.pad import Pad
from snnc.layers.permute import Permute
from snnc.layers.slice import Slice
from snnc.neuron import Neuron
from snnc.reference.parameters import kept
from snnc.shapes import Shape, ShapeError

# QCFS has equations: tests/conversion
KINDS = {n: k for n, k in catalog("snnc.layers").items() if not issubclass(k, Neuron)}
Fields = dict[str, st.SearchStrategy[Any]]
Shapes = st.SearchStrategy[tuple[Shape, ...]]
Applied = Callable[[list[Tensor]], Tensor]


def sizes(low: int, high: int, axes: int) -> st.SearchStrategy[Any]:
    """One number for every axis, or one an axis."""
    return (each := st.integers(low, high)) | st.tuples(*[each] * axes)


def shapes(*ranks: int, high: int = 9, inputs: int = 1) -> Shapes:
    """The shapes of as many inputs, each of one of these ranks."""
    one = st.sampled_from(ranks).flatmap(lambda rank: st.tuples(*[st.integers(1, high)] * rank))
    return st.tuples(*[one] * inputs)


def joinable() -> Shapes:
    """Inputs of one shape, or that differ in an axis, or that have nothing in common."""
    shape = st.tuples(*[st.integers(1, 3)] * 2)
    near = shape.flatmap(lambda s: st.tuples(st.just(s), st.sampled_from([s, (s[0], 4), s[:1]])))
    return near | shapes(1, 2, 3, high=2, inputs=2) | shapes(2, high=2, inputs=3)


def conv(axes: int) -> Fields:
    return {  # in_channels is inferred: stated, it is tested below; so are two modes of padding
        "in_channels": st.none(), "out_channels": st.integers(1, 6),
        "kernel_size": sizes(1, 4, axes), "stride": sizes(1, 3, axes),
        "padding": sizes(0, 4, axes) | st.sampled_from(["same", "valid"]),
        "dilation": sizes(1, 3, axes), "groups": st.integers(1, 3), "bias": st.booleans(),
        "padding_mode": st.sampled_from(["zeros", "replicate"]),
    }  # fmt: skip


OVER = st.sampled_from(["sequence", "step"])
EPS = st.floats(1e-8, 1.0)
NORM: Fields = {
    "num_features": st.none(), "eps": EPS, "momentum": st.floats(0.0, 1.0), "affine": st.booleans()
}  # fmt: skip
BATCH_NORM: Fields = {
    **NORM, "stats": OVER, "momentum": st.floats(0.0, 1.0) | st.just("cumulative")
}  # fmt: skip
TD: Fields = {**NORM, "alpha": st.floats(0.1, 2.0), "v_threshold": st.floats(0.1, 2.0)}


def window(axes: int) -> Fields:
    return {
        "kernel_size": sizes(1, 4, axes), "stride": st.none() | sizes(1, 4, axes),
        "padding": sizes(0, 2, axes), "ceil_mode": st.booleans(),
    }  # fmt: skip


def transposed(axes: int) -> Fields:
    """Without what PyTorch's transposed convolutions have not."""
    fields = {**conv(axes), "output_padding": sizes(0, 3, axes), "padding": sizes(0, 4, axes)}
    return {**fields, "padding_mode": st.just("zeros")}


def tokens() -> Shapes:
    """Queries, keys and values of a few channels and tokens, some of which fit."""
    one = st.tuples(st.sampled_from([2, 4, 6]), st.integers(1, 3))
    alike = st.tuples(one, st.integers(1, 3), st.sampled_from([2, 4])).map(
        lambda found: (found[0], (found[0][0], found[1]), (found[2], found[1]))
    )
    return alike | st.tuples(one, one, one)


def matrices() -> Shapes:
    """Two matrices, or as many of each, some of which fit."""
    size = st.integers(1, 3)
    pair = st.tuples(size, size, size, size, st.booleans())
    flat = pair.map(lambda s: ((s[0], s[1]), (s[1] if s[4] else s[2], s[3])))
    return flat | flat.map(lambda both: tuple((2, *shape) for shape in both))


GROUPS: Fields = {
    "num_groups": st.integers(1, 4), "num_channels": st.none(), "eps": EPS,
    "affine": st.booleans(),
}  # fmt: skip
LAYER_NORM: Fields = {
    "normalized_shape": st.none() | st.integers(1, 3) | st.lists(st.integers(1, 3), min_size=1,
    max_size=3).map(tuple), "eps": EPS, "elementwise_affine": st.booleans(), "bias": st.booleans(),
}  # fmt: skip
FACTOR = st.sampled_from([0.3, 0.5, 1.0, 1.7, 2.0])
UPSAMPLE: Fields = {
    "scale_factor": FACTOR | st.lists(FACTOR, min_size=1, max_size=3).map(tuple),
    "mode": st.sampled_from(["nearest", "nearest-exact", "linear", "bilinear", "trilinear"]),
}  # fmt: skip
MEAN: Fields = {"count_include_pad": st.booleans(), "divisor_override": st.none() | st.just(3)}
LINEAR = {"in_features": st.none(), "out_features": st.integers(1, 9), "bias": st.booleans()}
AXIS = st.integers(-4, 3)
CASES: dict[str, tuple[Fields, Shapes]] = {
    **{f"Adaptive{op}Pool{n}d": ({"output_size": sizes(1, 9, n)}, shapes(n + 1, high=5))
       for op in ("Avg", "Max") for n in (1, 2, 3)},
    "Add": ({}, joinable()),
    "Attention": ({"heads": st.integers(1, 3), "scale": st.none() | st.just(0.5),
                   "softmax": st.just(True)}, tokens()),
    "AvgPool1d": (window(1) | {"count_include_pad": st.booleans()}, shapes(2)),
    "AvgPool2d": (window(2) | MEAN, shapes(3)),
    "AvgPool3d": (window(3) | MEAN, shapes(4, high=5)),
    "BatchNorm1d": (BATCH_NORM, shapes(1, 2)),
    "BatchNorm2d": (BATCH_NORM, shapes(3)),
    "BatchNorm3d": (BATCH_NORM, shapes(4, high=5)),
    "BNTT1d": (NORM | {"bias": st.booleans()}, shapes(1, 2)),
    "BNTT2d": (NORM | {"bias": st.booleans()}, shapes(3)),
    "Concat": ({"dim": AXIS}, joinable()),
    "Conv1d": (conv(1), shapes(2)),
    "Conv2d": (conv(2), shapes(3)),
    "Conv3d": (conv(3), shapes(4, high=5)),
    "ConvTranspose2d": (transposed(2), shapes(3)),
    "Delay": ({"delay": st.floats(0, 9) | st.integers(0, 9), "max_delay": st.just(9)},
              shapes(1, 2, 3)),
    "Dropout": ({"p": st.floats(0.0, 0.99), "mask": OVER}, shapes(1, 3)),
    "Dropout1d": ({"p": st.floats(0.0, 0.99), "mask": OVER}, shapes(2)),
    "Dropout2d": ({"p": st.floats(0.0, 0.99), "mask": OVER}, shapes(3)),
    "Flatten": ({"start_dim": AXIS, "end_dim": AXIS}, shapes(1, 2, 3, 4, high=3)),
    "GELU": ({"approximate": st.sampled_from(["none", "tanh"])}, shapes(1, 2, 3)),
    "GroupNorm": (GROUPS, shapes(1, 2, 3, high=4)),
    "Identity": ({}, shapes(1, 2, 3)),
    "LayerNorm": (LAYER_NORM, shapes(1, 2, 3, high=3)),
    "LeakyReLU": ({"negative_slope": st.floats(0, 1)}, shapes(1, 2, 3)),
    "Linear": (LINEAR, shapes(1)),
    **{f"MaxPool{n}d": (window(n) | {"dilation": sizes(1, 2, n)}, shapes(n + 1, high=11 - 2 * n))
       for n in (1, 2, 3)},
    "Mul": ({}, joinable()),
    "MatMul": ({}, matrices()),
    "Hardswish": ({}, shapes(1, 2, 3)),
    "Hardsigmoid": ({}, shapes(1, 2, 3)),
    "ELU": ({"alpha": st.floats(0, 2)}, shapes(1, 2, 3)),
    "Softplus": ({"beta": st.floats(0.5, 2), "threshold": st.floats(1, 20)}, shapes(1, 2, 3)),
    "LogSoftmax": ({"dim": AXIS}, shapes(1, 2, 3)),
    "PReLU": ({"per": st.sampled_from(["layer", "channel"]), "init": st.floats(-1, 1)},
              shapes(1, 2, 3)),
    "Normalize": ({"dim": AXIS, "eps": EPS}, shapes(1, 2, 3)),
    "Slice": ({"dim": st.integers(-3, 2), "start": st.integers(-5, 5),
               "stop": st.none() | st.integers(-5, 6), "step": st.integers(1, 3)},
              shapes(1, 2, 3)),
    "Pad": ({"padding": st.integers(0, 3) | st.lists(st.integers(0, 3), min_size=2,
             max_size=6).map(tuple), "mode": st.sampled_from(
             ["constant", "reflect", "replicate", "circular"]), "value": st.just(0.0)},
            shapes(2, 3, 4, high=5)),
    "Permute": ({"dims": st.lists(AXIS, min_size=1, max_size=4).map(tuple)
                 | st.permutations([0, 1, -1]).map(tuple)}, shapes(1, 2, 3, 4, high=3)),
    "ReLU": ({}, shapes(1, 2, 3)),
    "ReLU6": ({}, shapes(1, 2, 3)),
    "ClippedReLU": ({"max": st.floats(0.1, 9)}, shapes(1, 2, 3)),
    "Sigmoid": ({}, shapes(1, 2, 3)),
    "SiLU": ({}, shapes(1, 2, 3)),
    "Softmax": ({"dim": AXIS}, shapes(1, 2, 3)),
    "Tanh": ({}, shapes(1, 2, 3)),
    "TDBatchNorm1d": (TD, shapes(1, 2)),
    "TDBatchNorm2d": (TD, shapes(3)),
    "TEBN1d": (NORM, shapes(1, 2)),
    "TEBN2d": (NORM, shapes(3)),
    "Unflatten": ({"dim": AXIS, "unflattened_size": st.lists(st.sampled_from([1, 2, 3, -1]),
                   min_size=1, max_size=3).map(tuple)}, shapes(1, 2, 3, high=6)),
    "Unfold": ({"kernel_size": sizes(1, 4, 2), "stride": sizes(1, 4, 2),
                "padding": sizes(0, 2, 2), "dilation": sizes(1, 2, 2)}, shapes(3)),
    "Upsample": (UPSAMPLE, shapes(2, 3, 4, high=5)),
    "Voting": ({"voters": st.integers(1, 4)}, shapes(1)),
    "WSConv2d": (conv(2) | {"eps": EPS, "gain": st.booleans()}, shapes(3)),
}  # fmt: skip


EITHER = ("Upsample",)
"""Kinds of which some field must be there, whichever."""


def test_every_layer_and_every_field_of_it_has_a_strategy() -> None:
    """But for how weights start (test_initializers.py) and an enlarged size (below)."""
    elsewhere = set(Weighted.model_fields) | {"size", "align_corners"}
    fields = {name: set(kind.model_fields) - elsewhere for name, kind in KINDS.items()}
    assert {kind: set(case[0]) for kind, case in CASES.items()} == fields


def made(kind: str, **fields: object) -> Layer:
    layer = KINDS[kind].model_validate(fields)
    assert isinstance(layer, Layer)
    return layer


@st.composite
def layers(draw: st.DrawFn, kind: str) -> tuple[Layer, tuple[Shape, ...]]:
    """A layer with random fields, some left at their defaults, and the shapes of its inputs."""
    fields, inputs = CASES[kind]
    known = KINDS[kind].model_fields
    must = {
        key: value for key, value in fields.items() if known[key].is_required() or kind in EITHER
    }
    may = {key: value for key, value in fields.items() if key not in must}
    return made(kind, **draw(st.fixed_dictionaries(must, optional=may))), draw(inputs)


def stated(layer: Layer, inputs: tuple[Shape, ...]) -> tuple[Shape, int, int] | None:
    """Shape, parameters and MACs as the layer states them; None if it refuses its inputs."""
    try:
        return layer.shape(*inputs), layer.parameters(*inputs), layer.macs(*inputs)
    except ShapeError:
        return None


def measured(layer: Layer, inputs: tuple[Shape, ...]) -> tuple[Shape, int, int] | None:
    """The same as PyTorch has them; None if it raises."""
    if isinstance(layer, Concat) and layer.dim == -1 - len(inputs[0]):
        return None  # torch.cat would join the batches
    if isinstance(layer, Add | Mul) and len(set(inputs)) > 1:
        return None  # torch.add would broadcast: hardly ever what a network means
    if isinstance(layer, Permute) and not all(
        -len(inputs[0]) <= d < len(inputs[0]) for d in layer.dims
    ):
        return None  # it could reach the batch
    if isinstance(layer, Slice | Normalize) and not -len(inputs[0]) <= layer.dim < len(inputs[0]):
        return None  # it could reach the batch
    sides = layer.padding if isinstance(layer, Pad) else 0
    if isinstance(sides, tuple) and len(sides) != 2 * (len(inputs[0]) - 1):
        return None  # PyTorch would widen the last axes alone
    stated_axes = getattr(layer, "normalized_shape", None)
    if isinstance(stated_axes, tuple) and len(stated_axes) > len(inputs[0]):
        return None  # it would take the batch for an axis
    if isinstance(layer, GroupNorm) and prod(inputs[0]) == layer.num_groups:
        return None  # a single value a group is always 0; PyTorch minds if the batch is 1 too
    data = [torch.zeros(3, *shape) for shape in inputs]
    try:
        with warnings.catch_warnings(), FlopCounterMode(display=False) as counter:
            warnings.simplefilter("ignore")  # "same" of an even kernel copies its input
            apply, parameters = built(layer, inputs)
            value = apply(data)
    except (RuntimeError, ValueError, IndexError):
        return None
    found = tuple(value.shape[1:]), parameters, counter.get_total_flops() // 6
    return found if 0 not in value.shape else None


def built(layer: Layer, inputs: tuple[Shape, ...]) -> tuple[Callable[[list[Tensor]], Tensor], int]:
    """What the layer says it is in PyTorch, and how many numbers that learns."""
    call = layer.torch_call(*inputs)
    if call is None:
        module = kept(layer, inputs)
        count = sum(p.numel() for p in module.parameters()) if module else 0
        return lambda data: textbook(layer, module, data), count
    home, _, name = call.target.rpartition(".")
    function: Any = getattr({"nn": nn, "torch": torch}[home], name)
    if call.of == "each":
        return lambda data: reduce(function, data), 0
    if call.of == "list":
        return lambda data: function(data, **call.keywords), 0
    module = function(*call.args, **call.keywords).eval()
    return lambda data: module(*data), sum(p.numel() for p in module.parameters())


def textbook(layer: Layer, module: nn.Module | None, data: list[Tensor]) -> Tensor:
    """One step of what is no call of PyTorch's."""
    if module:
        module.eval()
    drawn = lambda shape, _: torch.zeros(shape)  # noqa: E731
    (value,) = layer.textbook_steps([x[None] for x in data], module, True, drawn)
    assert isinstance(value, Tensor)
    return value


@pytest.mark.parametrize("kind", sorted(CASES))
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(data=st.data())
def test_shape_parameters_and_macs_are_pytorchs(kind: str, data: st.DataObject) -> None:
    layer, inputs = data.draw(layers(kind))
    assert stated(layer, inputs) == measured(layer, inputs)


@pytest.mark.parametrize(
    ("kind", "key", "fields"),
    [
        ("Conv1d", "in_channels", {"out_channels": 2, "kernel_size": 3}),
        ("Conv2d", "in_channels", {"out_channels": 2, "kernel_size": 3}),
        ("Linear", "in_features", {"out_features": 2}),
        ("BatchNorm1d", "num_features", {}),
        ("BatchNorm2d", "num_features", {}),
    ],
)
def test_a_stated_size_is_checked(kind: str, key: str, fields: dict[str, object]) -> None:
    shape = (3, 8, 8)[: 1 if kind == "Linear" else int(kind[-2]) + 1]
    want = measured(made(kind, **fields), (shape,))
    assert stated(made(kind, **fields, **{key: 3}), (shape,)) == want is not None
    with pytest.raises(ShapeError, match=f"`{key}` is 4, but the input has 3") as refused:
        made(kind, **fields, **{key: 4}).shape(shape)
    assert refused.value.field == key


@pytest.mark.parametrize("kind", [name for name in CASES if name[-2:] in ("1d", "2d", "ar")])
@settings(max_examples=20, deadline=None, derandomize=True, database=None)
@given(data=st.data())
def test_a_sample_has_the_axes_that_the_layer_names(kind: str, data: st.DataObject) -> None:
    """PyTorch takes [1, H, W] for an image without a batch: it cannot know that [H, W] came in."""
    layer, (good,) = data.draw(layers(kind))
    shape = data.draw(shapes(1, 2, 3, 4).filter(lambda s: len(s[0]) != len(good)))[0]
    flat = kind in ("BatchNorm1d", "TDBatchNorm1d", "TEBN1d", "BNTT1d")
    if not flat or len(shape) > 2:
        with pytest.raises(ShapeError, match="expected"):
            layer.shape(shape)


@pytest.mark.parametrize("padding", [("reflect", 2), ("circular", 3), ("reflect", "same")])
def test_padding_made_of_the_input_is_no_larger_than_it(padding: tuple[str, int | str]) -> None:
    fields = dict(zip(("padding_mode", "padding"), padding, strict=True))
    layer = made("Conv1d", out_channels=1, kernel_size=6, **fields)
    assert stated(layer, ((1, 2),)) == measured(layer, ((1, 2),))


def test_linear_asks_for_features_where_pytorch_maps_the_last_axis() -> None:
    layer = made("Linear", out_features=2)
    assert measured(layer, ((3, 4),)) == ((3, 2), 10, 24)
    with pytest.raises(ShapeError, match=r"expected features \[N\], got \[3, 4\]") as refused:
        layer.shape((3, 4))
    assert "Flatten" in str(refused.value.help)
