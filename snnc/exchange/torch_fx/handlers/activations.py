"""Functions of the elements of a sample."""

from typing import Any

from snnc.exchange import Refused
from snnc.exchange.torch_fx.types import Handler, Layers, MadeLayer, only, read
from snnc.shapes import Shape

_CLIPPED = {(0, None): "ReLU", (0, 6): "ReLU6"}
"""By lower and upper end."""


def _plain(kind: str) -> Handler:
    """One that has no options."""

    def made(out: Shape, input: Any) -> Layers:
        return (MadeLayer(kind, {}, (read(input),)),)

    return made


def gelu(out: Shape, input: Any, approximate: str = "none") -> Layers:
    """Exact, or with a tanh."""
    return (MadeLayer("GELU", {"approximate": approximate}, (read(input),)),)


def leaky_relu(out: Shape, input: Any, negative_slope: float = 0.01) -> Layers:
    """A ReLU with a slope below 0."""
    return (MadeLayer("LeakyReLU", {"negative_slope": float(negative_slope)}, (read(input),)),)


def softmax(out: Shape, input: Any, dim: int | None = None, dtype: Any = None) -> Layers:
    """A softmax along an axis of the sample; PyTorch counts the batch too. Raises Refused."""
    x = read(input)
    only("dtype", dtype, None)
    if dim is None:
        raise Refused("it does not say along which `dim`")
    axis = dim % (1 + len(x.shape))
    if axis == 0:
        raise Refused("it goes along the batch, where a spec describes one sample")
    return (MadeLayer("Softmax", {"dim": axis - 1}, (x,)),)


def hardtanh(out: Shape, input: Any, min_val: float = -1.0, max_val: float = 1.0) -> Layers:
    """Between two ends."""
    return clamp(out, input, min_val, max_val)


def clamp(out: Shape, input: Any, min: Any = None, max: Any = None) -> Layers:
    """A clamp between two ends, if there is a layer with these. Raises Refused."""
    kind = _CLIPPED.get((min, max))
    if kind is None:
        raise Refused(f"it clips to [{min}, {max}]: a spec has only ReLU and ReLU6")
    return (MadeLayer(kind, {}, (read(input),)),)


TABLE = {
    "ReLU relu relu_": _plain("ReLU"),
    "ReLU6 relu6": _plain("ReLU6"),
    "Sigmoid sigmoid sigmoid_": _plain("Sigmoid"),
    "Tanh tanh tanh_": _plain("Tanh"),
    "SiLU silu": _plain("SiLU"),
    "GELU gelu": gelu,
    "LeakyReLU leaky_relu leaky_relu_": leaky_relu,
    "Softmax softmax": softmax,
    "Hardtanh hardtanh hardtanh_": hardtanh,
    "clamp clamp_ clip clip_": clamp,
}
