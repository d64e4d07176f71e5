"""Activations as nodes of ONNX."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from snnc.exchange.onnx_export.builder import Builder, array
from snnc.graph.types import Node

Write = Callable[[Builder, Node, Sequence[str], Any], str]


def _plain(kind: str, **attributes: Any) -> Write:
    def write(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
        return b.op(kind, inputs[0], name=node.path, **attributes)

    return write


def _clipped(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    most = getattr(node.operator, "max", 6.0)
    return b.op("Clip", inputs[0], b.weight(0.0), b.weight(most), name=node.path)


def _leaky(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    slope = node.operator.negative_slope  # type: ignore[attr-defined]
    return b.op("LeakyRelu", inputs[0], name=node.path, alpha=slope)


def _silu(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    return b.op("Mul", inputs[0], b.op("Sigmoid", inputs[0]), name=node.path)


def _gelu(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    how = getattr(node.operator, "approximate", "none")
    return b.op("Gelu", inputs[0], name=node.path, approximate=how)


def _softmax(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    dim = getattr(node.operator, "dim", 0)
    return b.op("Softmax", inputs[0], name=node.path, axis=dim % len(node.shape) + 1)


def _log_softmax(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    dim = getattr(node.operator, "dim", 0)
    return b.op("LogSoftmax", inputs[0], name=node.path, axis=dim % len(node.shape) + 1)


def _elu(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    return b.op("Elu", inputs[0], name=node.path, alpha=module.alpha)


def _prelu(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    slope = array(module.weight)
    axes = slope.reshape(-1, *[1] * (len(node.shape) - 1))
    return b.op("PRelu", inputs[0], b.weight(axes, f"{node.path}.weight"), name=node.path)


def _softplus(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    (x,) = inputs
    beta = b.weight(module.beta)
    scaled = b.op("Mul", x, beta)
    soft = b.op("Div", b.op("Softplus", scaled), beta)
    return b.op(
        "Where", b.op("Greater", scaled, b.weight(module.threshold)), x, soft, name=node.path
    )


def _sixth(b: Builder, x: str) -> str:
    """Hardsigmoid: x / 6 + 1 / 2 within [0, 1], as PyTorch computes it."""
    lifted = b.op("Add", x, b.weight(3.0))
    return b.op("Div", b.op("Clip", lifted, b.weight(0.0), b.weight(6.0)), b.weight(6.0))


def _hardsigmoid(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    return _sixth(b, inputs[0])


def _hardswish(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    return b.op("Mul", inputs[0], _sixth(b, inputs[0]), name=node.path)


ACTIVATIONS: Mapping[str, Write] = {
    "ReLU": _plain("Relu"),
    "ReLU6": _clipped,
    "ClippedReLU": _clipped,
    "LeakyReLU": _leaky,
    "Sigmoid": _plain("Sigmoid"),
    "Tanh": _plain("Tanh"),
    "SiLU": _silu,
    "GELU": _gelu,
    "Softmax": _softmax,
    "LogSoftmax": _log_softmax,
    "ELU": _elu,
    "PReLU": _prelu,
    "Softplus": _softplus,
    "Hardsigmoid": _hardsigmoid,
    "Hardswish": _hardswish,
}
