"""Activations as nodes of ONNX."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from snnc.exchange.onnx_export.builder import Builder
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
}
