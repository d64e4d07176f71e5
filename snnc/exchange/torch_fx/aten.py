"""Operators of aten as calls of PyTorch's functions and methods."""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, fx

from snnc.exchange.torch_fx.handlers import HANDLERS

Spell = Callable[..., Any]
"""Takes the graph that is written, the value of a call, and its arguments."""


def called(
    graph: fx.Graph, name: str, target: Any, args: Any, kwargs: Mapping[str, Any]
) -> fx.Node:
    """A call of the function or method of a name; without one, of the operator itself."""
    functions = [getattr(space, name) for space in (torch, F) if hasattr(space, name)]
    known = next((f for f in functions if f in HANDLERS), None)
    if known is None and hasattr(Tensor, name) and (name in HANDLERS or not functions):
        return graph.call_method(name, args, dict(kwargs))
    return graph.call_function(known or (*functions, target)[0], args, dict(kwargs))


def _first(graph: fx.Graph, value: Any, x: Any, *options: Any, **named: Any) -> Any:
    """The same value in another place or type."""
    return x


def _second(graph: fx.Graph, value: Any, x: Any, source: Any, *options: Any) -> Any:
    return source


def _reshape(graph: fx.Graph, value: Any, x: Any, sizes: Any) -> Any:
    return graph.call_method("reshape", (x, sizes))


def _without_last(function: Any, count: int) -> Spell:
    """A function that takes fewer options than the operator."""

    def spell(graph: fx.Graph, value: Any, *args: Any) -> Any:
        return graph.call_function(function, args[:count])

    return spell


def _batch_norm(graph: fx.Graph, value: Any, *args: Any) -> Any:
    x, weight, bias, mean, var, training, momentum, eps, *_ = args
    given = (x, mean, var, weight, bias, training, momentum, eps)
    return graph.call_function(F.batch_norm, given)


def _normed(graph: fx.Graph, value: Any, *args: Any) -> Any:
    """A batch norm of evaluation, one of three results."""
    return (_batch_norm(graph, value, *args[:5], False, *args[5:]),)


def _getitem(graph: fx.Graph, value: Any, x: Any, index: Any) -> Any:
    return x[index] if isinstance(x, tuple) else graph.call_function(operator.getitem, (x, index))


def _slice(
    graph: fx.Graph, value: Any, x: Any, dim: int = 0, start: Any = None, end: Any = None,
    step: int = 1,
) -> Any:  # fmt: skip
    index = (*[slice(None)] * (dim % value.dim()), slice(start, end, step))
    return graph.call_function(operator.getitem, (x, index))


def _slice_scatter(
    graph: fx.Graph, value: Any, x: Any, source: Any, dim: int = 0, start: Any = None,
    end: Any = None, step: int = 1,
) -> Any:  # fmt: skip
    if step != 1:
        given = (x, source, dim, start, end, step)
        return graph.call_function(torch.slice_scatter, given)
    first, last, _ = slice(start, end).indices(value.shape[dim])
    return _replaced(graph, value, x, source, dim, first, last)


def _select_scatter(graph: fx.Graph, value: Any, x: Any, source: Any, dim: int, index: int) -> Any:
    first = index % value.shape[dim]
    part = graph.call_function(torch.unsqueeze, (source, dim))
    return _replaced(graph, value, x, part, dim, first, first + 1)


def _replaced(
    graph: fx.Graph, value: Any, x: Any, part: Any, dim: int, first: int, last: int
) -> Any:
    """A value with a part along an axis in place of its own."""
    size = value.shape[dim]
    pieces = [
        graph.call_function(torch.narrow, (x, dim, at, count)) if piece is None else piece
        for piece, at, count in ((None, 0, first), (part, 0, 1), (None, last, size - last))
        if count
    ]
    return pieces[0] if len(pieces) == 1 else graph.call_function(torch.cat, (pieces, dim))


def _pad(mode: str) -> Spell:
    def spell(graph: fx.Graph, value: Any, x: Any, sides: Sequence[int], fill: Any = 0) -> Any:
        options = (mode, fill) if mode == "constant" else (mode,)
        return graph.call_function(F.pad, (x, sides, *options))

    return spell


def _nearest(graph: fx.Graph, value: Any, x: Any, size: Any, factors: Any = None) -> Any:
    return graph.call_function(F.interpolate, (x, size, factors, "nearest"))


def _smooth(mode: str) -> Spell:
    def spell(
        graph: fx.Graph, value: Any, x: Any, size: Any, corners: bool, factors: Any = None
    ) -> Any:
        return graph.call_function(F.interpolate, (x, size, factors, mode, corners))

    return spell


def _dropout(graph: fx.Graph, value: Any, *args: Any) -> Any:
    return graph.call_function(F.dropout, args)


def _largest(graph: fx.Graph, value: Any, *args: Any) -> Any:
    """An adaptive pooling, of which the indices are told too."""
    function = getattr(F, f"adaptive_max_pool{value[0].dim() - 2}d")
    return (graph.call_function(function, args),)


_AXES = (1, 2, 3)
SPELT: Mapping[str, Spell] = {
    **dict.fromkeys("clone alias detach lift_fresh_copy _to_copy contiguous to".split(), _first),
    **dict.fromkeys("view _unsafe_view reshape view_copy _reshape_copy".split(), _reshape),
    "copy": _second,
    "": _getitem,
    "batch_norm": _batch_norm,
    "_native_batch_norm_legit_no_training": _normed,
    "layer_norm": _without_last(F.layer_norm, 5),
    "group_norm": _without_last(F.group_norm, 5),
    "instance_norm": _without_last(F.instance_norm, 8),
    "dropout": _dropout,
    **{f"adaptive_max_pool{n}d": _largest for n in _AXES},
    "slice": _slice,
    "slice_scatter": _slice_scatter,
    "select_scatter": _select_scatter,
    "constant_pad_nd": _pad("constant"),
    **{f"reflection_pad{n}d": _pad("reflect") for n in _AXES},
    **{f"replication_pad{n}d": _pad("replicate") for n in _AXES},
    **{f"upsample_nearest{n}d": _nearest for n in _AXES},
    "upsample_linear1d": _smooth("linear"),
    "upsample_bilinear2d": _smooth("bilinear"),
    "upsample_bicubic2d": _smooth("bicubic"),
    "upsample_trilinear3d": _smooth("trilinear"),
    "im2col": lambda graph, value, *args: graph.call_function(F.unfold, args),
}
"""By name of the operator; those of other names are called as they are."""
