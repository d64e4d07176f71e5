"""Normalisations with parameters."""

from typing import Any

import torch

from snnc.exchange import Refused
from snnc.exchange.torch_fx.types import Layers, MadeLayer, TracedValue, constant, inner, only, read
from snnc.shapes import Shape


def batch_norm(
    out: Shape,
    input: Any,
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: Any = 0.1,
    eps: float = 1e-5,
    num_batches_tracked: Any = None,
) -> Layers:
    """A batch norm with running statistics, which eval mode needs. Raises Refused."""
    x = read(input)
    if running_mean is None or training:
        raise Refused("it uses batch statistics in eval mode too, and no running ones")
    momentum = "cumulative" if momentum is None else momentum
    if (weight is None) != (bias is None):
        raise Refused("it has only one of `weight` and `bias`, where a spec's has both or neither")
    count = torch.tensor(0) if num_batches_tracked is None else num_batches_tracked
    state = {**_affine(weight, bias), "num_batches_tracked": count}
    state["running_mean"] = constant(running_mean, "running_mean")
    state["running_var"] = constant(running_var, "running_var")
    fields = {"eps": eps, "momentum": momentum, "affine": weight is not None}
    if x.folded:
        return _of_parts(x, fields, state)
    return (MadeLayer(f"BatchNorm{max(1, inner(x))}d", fields, (x,), state),)


def _of_parts(x: TracedValue, fields: dict[str, object], state: dict[str, torch.Tensor]) -> Layers:
    """A batch norm of parts [k, C, ...] of a sample: they are an axis behind the channel."""
    order = (1, 0, *range(2, len(x.shape)))
    turned = MadeLayer("Permute", {"dims": order}, (x,))
    norm = MadeLayer(f"BatchNorm{len(x.shape) - 1}d", fields, (turned,), state)
    return (turned, norm, MadeLayer("Permute", {"dims": order}, (norm,)))


def layer_norm(
    out: Shape,
    input: Any,
    normalized_shape: Any,
    weight: Any = None,
    bias: Any = None,
    eps: float = 1e-5,
) -> Layers:
    """Over the last axes of a sample."""
    x, shape = read(input), tuple(normalized_shape)
    fields: dict[str, object] = {} if shape == x.shape else {"normalized_shape": shape}
    fields |= {"eps": eps, "elementwise_affine": weight is not None}
    if weight is not None:
        fields["bias"] = bias is not None
    return (MadeLayer("LayerNorm", fields, (x,), _affine(weight, bias)),)


def group_norm(
    out: Shape,
    input: Any,
    num_groups: int,
    weight: Any = None,
    bias: Any = None,
    eps: float = 1e-5,
) -> Layers:
    """Over groups of channels."""
    fields = {"num_groups": num_groups, "eps": eps, "affine": weight is not None}
    return (MadeLayer("GroupNorm", fields, (read(input),), _affine(weight, bias)),)


def instance_norm(
    out: Shape,
    input: Any,
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    use_input_stats: bool = True,
    momentum: Any = 0.1,
    eps: float = 1e-5,
) -> Layers:
    """Over each channel alone: a group norm of as many groups. Raises Refused."""
    if running_mean is not None or not use_input_stats:
        raise Refused("it has running statistics, where a spec's GroupNorm has none")
    return group_norm(out, input, read(input).shape[0], weight, bias, eps)


def normalize(out: Shape, input: Any, p: float = 2.0, dim: Any = 1, eps: float = 1e-12) -> Layers:
    """Over the Euclidean norm along an axis. Raises Refused."""
    x = read(input)
    only("p", float(p), 2.0)
    axis = dim % (1 + len(x.shape)) - 1 if isinstance(dim, int) else -1
    if axis < 0:
        raise Refused(f"it goes along `dim = {dim}`, where one axis of a sample is meant")
    return (MadeLayer("Normalize", {"dim": axis, "eps": float(eps)}, (x,)),)


def _affine(weight: Any, bias: Any) -> dict[str, torch.Tensor]:
    stated = {"weight": weight, "bias": bias}
    return {key: constant(tensor, key) for key, tensor in stated.items() if tensor is not None}


TABLE = {
    "BatchNorm1d BatchNorm2d BatchNorm3d F.batch_norm": batch_norm,
    "LayerNorm F.layer_norm": layer_norm,
    "GroupNorm F.group_norm": group_norm,
    "F.normalize": normalize,
    "InstanceNorm1d InstanceNorm2d InstanceNorm3d F.instance_norm": instance_norm,
}
