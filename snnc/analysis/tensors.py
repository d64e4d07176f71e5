"""Tensors of a layer in the network's ``state_dict``, by name and shape: known without torch."""

from collections.abc import Iterator, Mapping
from typing import Any

from snnc.graph.types import Node
from snnc.layer import Call
from snnc.number import Value
from snnc.shapes import Shape

Tensors = Mapping[str, Shape]
_RUNNING = {"running_mean", "running_var", "num_batches_tracked"}


def tensors(node: Node) -> Tensors:
    """Parameters and buffers of a layer; an input or output has none."""
    if not node.shapes:
        return {}
    values, kept = node.operator.run_time(), node.operator.kept(*node.shapes)
    found = dict(_numbers(values, node.shapes[0]))
    if kept is not None and not values:
        found |= _module(kept.module)
        found |= {name: shape for name, (shape, _) in kept.more.items()}
    return found


def learned(node: Node) -> Tensors:
    """Parameters of a layer, which training changes, without its buffers."""
    fixed = {name for name, value in node.operator.run_time().items() if not value.learnable}
    return {name: shape for name, shape in tensors(node).items() if name not in fixed | _RUNNING}


def _numbers(values: Mapping[str, Value], shape: Shape) -> Iterator[tuple[str, Shape]]:
    """Numbers of a neuron or a delay; one with a range is kept as what it is made of."""
    sizes = {"layer": (), "channel": (shape[0], *(1 for _ in shape[1:])), "neuron": shape}
    for name, value in values.items():
        ranged = value.learnable and value.range is not None
        yield f"{name}_raw" if ranged else name, sizes[value.per]


def _module(call: Call) -> dict[str, Shape]:
    """The tensors of a module of PyTorch's."""
    kind = call.target.rpartition(".")[2]
    if kind == "ModuleList":
        parts: Any = call.args[0]
        each = [(at, _module(part)) for at, part in enumerate(parts)]
        return {f"{at}.{name}": shape for at, part in each for name, shape in part.items()}
    if kind.startswith("BatchNorm"):
        return _batch_norm(call)
    if kind in ("GroupNorm", "LayerNorm"):
        return _affine(
            call, _sizes(call.args[-1]), "affine" if kind[0] == "G" else "elementwise_affine"
        )
    if kind == "Linear":
        inputs, outputs = _whole(call)
        return _biased(call, (outputs, inputs), outputs)
    if kind == "PReLU":
        return {"weight": _sizes(call.args[0] if call.args else 1)}
    return _convolution(call, kind) if kind.startswith("Conv") else {}


def _convolution(call: Call, kind: str) -> dict[str, Shape]:
    inputs, outputs, *rest = _whole(call)
    size: Any = rest[0] if rest else call.keywords["kernel_size"]
    kernel = _sizes(size) if isinstance(size, tuple) else (size,) * int(kind[-2])
    groups: Any = call.keywords.get("groups", 1)
    across = (inputs, outputs // groups) if "Transpose" in kind else (outputs, inputs // groups)
    return _biased(call, (*across, *kernel), outputs)


def _batch_norm(call: Call) -> dict[str, Shape]:
    channels = _sizes(call.args[0])
    running = {"running_mean": channels, "running_var": channels, "num_batches_tracked": ()}
    return {**_affine(call, channels, "affine"), **running}


def _affine(call: Call, shape: Shape, key: str) -> dict[str, Shape]:
    if not call.keywords.get(key, True):
        return {}
    return _biased(call, shape, *shape)


def _biased(call: Call, weight: Shape, *bias: int) -> dict[str, Shape]:
    has = call.keywords.get("bias", True)
    return {"weight": weight, **({"bias": tuple(bias)} if has else {})}


def _whole(call: Call) -> tuple[Any, ...]:
    return call.args


def _sizes(value: Any) -> Shape:
    """A size as PyTorch's modules take it: one number, or several."""
    return tuple(value) if isinstance(value, tuple | list) else (value,)
