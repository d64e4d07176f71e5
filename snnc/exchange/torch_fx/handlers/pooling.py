"""Pooling over windows, grids, and whole images."""

from typing import Any

from snnc.exchange.torch_fx.types import Layers, MadeLayer, inner, one, only, read
from snnc.shapes import Shape


def max_pool(
    out: Shape,
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Layers:
    """The maximum of every window."""
    x = read(input)
    only("return_indices", return_indices, False)
    fields = _window(kernel_size, stride, padding) | {
        "dilation": one(dilation), "ceil_mode": ceil_mode
    }  # fmt: skip
    return (MadeLayer(f"MaxPool{inner(x)}d", fields, (x,)),)


def avg_pool(
    out: Shape,
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Layers:
    """The mean of every window."""
    x = read(input)
    fields = _window(kernel_size, stride, padding)
    fields |= {"ceil_mode": ceil_mode, "count_include_pad": count_include_pad}
    if divisor_override is not None:  # one axis has no such option
        fields["divisor_override"] = divisor_override
    return (MadeLayer(f"AvgPool{inner(x)}d", fields, (x,)),)


def adaptive_avg_pool(out: Shape, input: Any, output_size: Any) -> Layers:
    """A grid of means; sizes that the call leaves open are known from its result."""
    x = read(input)
    return (MadeLayer(f"AdaptiveAvgPool{inner(x)}d", {"output_size": one(out[1:])}, (x,)),)


def adaptive_max_pool(
    out: Shape, input: Any, output_size: Any, return_indices: bool = False
) -> Layers:
    """A grid of maxima."""
    x = read(input)
    only("return_indices", return_indices, False)
    return (MadeLayer(f"AdaptiveMaxPool{inner(x)}d", {"output_size": one(out[1:])}, (x,)),)


def _window(kernel_size: Any, stride: Any, padding: Any) -> dict[str, object]:
    same = stride is None or stride == [] or one(stride) == one(kernel_size)
    step = None if same else one(stride)
    return {"kernel_size": one(kernel_size), "stride": step, "padding": one(padding)}


TABLE = {
    "MaxPool1d MaxPool2d MaxPool3d max_pool1d max_pool2d max_pool3d": max_pool,
    "AvgPool1d AvgPool2d AvgPool3d avg_pool1d avg_pool2d avg_pool3d": avg_pool,
    "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d": adaptive_avg_pool,
    "adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d": adaptive_avg_pool,
    "AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d": adaptive_max_pool,
    "adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d": adaptive_max_pool,
}
