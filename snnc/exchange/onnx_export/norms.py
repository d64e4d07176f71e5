"""Normalisations of eval mode as nodes of ONNX."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from snnc.exchange.onnx_export.builder import Builder, array
from snnc.graph.types import Node

Write = Callable[[Builder, Node, Sequence[str], Any], str]


def _batch(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    """A factor and a term, rounded as in PyTorch; onnxruntime would join a norm with a convolution.

    Joined, weights are rounded otherwise, and a spike may hang on that. The constant comes first:
    what multiplies a convolution from behind is joined too.
    """
    one = np.float32(1)
    eps, var = np.float32(module.eps), array(module.running_var).astype(np.float32)
    scale = one / np.sqrt(var + eps) * (one if module.weight is None else array(module.weight))
    shift = (0 if module.bias is None else array(module.bias)) - array(module.running_mean) * scale
    axes = (-1, *[1] * (len(node.shape) - 1))
    scaled = b.op("Mul", b.weight(scale.reshape(axes), f"{node.path}.scale"), *inputs)
    return b.op("Add", scaled, b.weight(shift.reshape(axes), f"{node.path}.shift"), name=node.path)


def _group(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    groups = node.operator.num_groups  # type: ignore[attr-defined]
    ones, zeros = b.weight(np.ones(groups)), b.weight(np.zeros(groups))
    whole = b.op("Reshape", inputs[0], b.whole(0, groups, -1))
    normed = b.op("InstanceNormalization", whole, ones, zeros, epsilon=module.eps)
    found = b.op("Reshape", normed, b.whole(-1, *node.shape))
    if module.weight is None:
        return found
    axes = (-1, *[1] * (len(node.shape) - 1))
    weight, bias = (array(v).reshape(axes) for v in (module.weight, module.bias))
    scaled = b.op("Mul", found, b.weight(weight, f"{node.path}.weight"))
    return b.op("Add", scaled, b.weight(bias, f"{node.path}.bias"), name=node.path)


def _layer(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    axes = len(module.normalized_shape)
    weight = np.ones(module.normalized_shape) if module.weight is None else array(module.weight)
    names = [b.weight(weight, f"{node.path}.weight")]
    if module.bias is not None:
        names.append(b.weight(array(module.bias), f"{node.path}.bias"))
    return b.op(
        "LayerNormalization", *inputs, *names, name=node.path, axis=-axes, epsilon=module.eps
    )


def _normalized(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    operator: Any = node.operator
    axis = operator.dim % len(node.shape) + 1
    norm = b.op("ReduceL2", inputs[0], b.whole(axis), keepdims=1)
    below = b.op("Max", norm, b.weight(operator.eps))
    return b.op("Div", inputs[0], below, name=node.path)


NORMS: Mapping[str, Write] = {
    **{f"BatchNorm{axes}d": _batch for axes in (1, 2, 3)},
    **{f"TDBatchNorm{axes}d": _batch for axes in (1, 2)},
    "GroupNorm": _group,
    "LayerNorm": _layer,
    "Normalize": _normalized,
}
