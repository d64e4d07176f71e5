"""Convolutions and matrix products, by modules or by functions of a parameter."""

from typing import Any

from torch import Tensor

from snnc.exchange import Refused
from snnc.exchange.torch_fx.types import Layers, MadeLayer, constant, inner, one, read
from snnc.shapes import Shape, show


def conv(
    out: Shape,
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
    padding_mode: str = "zeros",
) -> Layers:
    """A convolution over one to three axes."""
    x, filters = read(input), constant(weight, "weight")
    fields = {
        "out_channels": filters.shape[0],
        "kernel_size": one(tuple(filters.shape[2:])),
        "stride": one(stride),
        "padding": one(padding),
        "dilation": one(dilation),
        "groups": groups,
        "padding_mode": padding_mode,
    }
    return _made(f"Conv{inner(x)}d", fields, input, filters, bias)


def conv_transpose(
    out: Shape,
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Layers:
    """A transposed convolution over two axes, the only such layer."""
    x, filters = read(input), constant(weight, "weight")
    fields = {
        "out_channels": filters.shape[1] * groups,
        "kernel_size": one(tuple(filters.shape[2:])),
        "stride": one(stride),
        "padding": one(padding),
        "output_padding": one(output_padding),
        "groups": groups,
        "dilation": one(dilation),
    }
    return _made(f"ConvTranspose{inner(x)}d", fields, input, filters, bias)


def linear(out: Shape, input: Any, weight: Any, bias: Any = None) -> Layers:
    """A matrix product with the features; with those of each position, a convolution of size 1."""
    x, matrix = read(input), constant(weight, "weight")
    rank = len(x.shape)
    if rank == 1:
        return _made("Linear", {"out_features": matrix.shape[0]}, input, matrix, bias)
    if rank > 4:
        raise Refused(f"it reads {show(x.shape)}, where up to three axes before the features fit")
    first = MadeLayer("Permute", {"dims": (rank - 1, *range(rank - 1))}, (x,))
    fields = {"out_channels": matrix.shape[0], "kernel_size": 1, "bias": bias is not None}
    state = {"weight": matrix.reshape(*matrix.shape, *[1] * (rank - 1))}
    state |= {"bias": constant(bias, "bias")} if bias is not None else {}
    product = MadeLayer(f"Conv{rank - 1}d", fields, (first,), state)
    return (first, product, MadeLayer("Permute", {"dims": (*range(1, rank), 0)}, (product,)))


def _made(kind: str, fields: dict[str, object], x: Any, weight: Tensor, bias: Any) -> Layers:
    state = {"weight": weight}
    if bias is not None:
        state["bias"] = constant(bias, "bias")
    fields["bias"] = bias is not None
    return (MadeLayer(kind, fields, (read(x),), state),)


TABLE = {
    "Conv1d Conv2d Conv3d conv1d conv2d conv3d": conv,
    "ConvTranspose1d ConvTranspose2d ConvTranspose3d": conv_transpose,
    "conv_transpose1d conv_transpose2d conv_transpose3d": conv_transpose,
    "Linear linear": linear,
}
