"""Functions of the elements of a sample."""

from typing import Any

from snnc.exchange import Refused
from snnc.exchange.torch_fx.types import Handler, Layers, MadeLayer, constant, only, read
from snnc.shapes import Shape


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


def log_softmax(out: Shape, input: Any, dim: int | None = None, dtype: Any = None) -> Layers:
    """The logarithm of a softmax. Raises Refused."""
    (layer,) = softmax(out, input, dim, dtype)  # type: ignore[misc]
    return (MadeLayer("LogSoftmax", layer.fields, layer.inputs),)


def elu(out: Shape, input: Any, alpha: float = 1.0) -> Layers:
    """An exponential below 0."""
    return (MadeLayer("ELU", {"alpha": float(alpha)}, (read(input),)),)


def softplus(out: Shape, input: Any, beta: float = 1.0, threshold: float = 20.0) -> Layers:
    """A smooth ReLU."""
    fields = {"beta": float(beta), "threshold": float(threshold)}
    return (MadeLayer("Softplus", fields, (read(input),)),)


def prelu(out: Shape, input: Any, weight: Any) -> Layers:
    """A ReLU with a learned slope below 0, one of all or one a channel."""
    slopes = constant(weight, "weight")
    per = "layer" if slopes.numel() == 1 else "channel"
    return (MadeLayer("PReLU", {"per": per}, (read(input),), {"weight": slopes}),)


TABLE = {
    "ReLU relu relu_": _plain("ReLU"),
    "ReLU6 relu6": _plain("ReLU6"),
    "Sigmoid sigmoid sigmoid_": _plain("Sigmoid"),
    "Tanh tanh tanh_": _plain("Tanh"),
    "SiLU silu": _plain("SiLU"),
    "GELU gelu": gelu,
    "LeakyReLU leaky_relu leaky_relu_": leaky_relu,
    "Softmax softmax": softmax,
    "LogSoftmax log_softmax": log_softmax,
    "Hardswish hardswish": _plain("Hardswish"),
    "Hardsigmoid hardsigmoid": _plain("Hardsigmoid"),
    "ELU elu elu_": elu,
    "Softplus softplus": softplus,
    "PReLU prelu": prelu,
}
