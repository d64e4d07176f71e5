"""Checks of what a network is given; each raises ValueError or TypeError."""

import math
import warnings
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import torch
from torch import Tensor


def check_input(
    name: str,
    x: Tensor,
    shape: tuple[int, ...],
    steps: int | None = None,
    state: dict[str, Tensor] | None = None,
) -> None:
    """Raises ValueError if x is not [B, *shape] or, with the usual steps, [T, B, *shape].

    Raises TypeError if x is no dense tensor of floating-point numbers.
    Warns if x has as many samples as there should be steps: its axes may be swapped.
    """
    if not isinstance(x, Tensor):
        raise TypeError(f"{name} must be a tensor, not {type(x).__name__}")
    if x.layout is not torch.strided or not x.is_floating_point():
        raise TypeError(_unlike_numbers(name, x))
    axes = ["B"] if steps is None else ["T", "B"]
    count, found = len(axes), [*x.shape]
    if x.shape[count:] != shape:
        wanted = ", ".join([*axes, *map(str, shape)])
        doubt = likely_mistake(name, tuple(found), shape, steps)
        raise ValueError(f"{name} must be [{wanted}], not {found}{doubt}")
    if steps is not None and state is None and found[0] != steps == found[1]:
        read = f"{name} {found} is read as {found[0]} steps of {found[1]} samples"
        warnings.warn(
            f"{read}, but T is {steps}: are its first two axes swapped, [B, T, ...]?",
            stacklevel=3,
        )


def _unlike_numbers(name: str, x: Tensor) -> str:
    """Why layers cannot compute with x, and what would do."""
    if x.layout is not torch.strided:
        return f"{name} must be dense, not {x.layout}: {name}.to_dense()?"
    wanted, found = f"{name} must be {torch.get_default_dtype()}", f"not {x.dtype}"
    if x.is_complex():
        return (
            f"{wanted}, {found}: {name}.real, or real and imaginary parts as channels?"
        )
    if x.is_quantized:
        return f"{wanted}, {found}: {name}.dequantize()?"
    scaled = ", divided by 255 if these are pixels" * (x.dtype == torch.uint8)
    return f"{wanted}, or what the network is, {found}: {name}.float()?{scaled}"


def likely_mistake(
    name: str, found: tuple[int, ...], shape: tuple[int, ...], steps: int | None
) -> str:
    """What may be wrong with data of another shape, as the end of a sentence."""
    lead = 1 if steps is None else 2
    rest, whole = found[lead:], math.prod(shape)
    if found == shape:
        index, axes = ", ".join(["None"] * lead), ("a batch axis", "time and batch")
        return f": without {axes[lead - 1]}, {name}[{index}]?"
    if lead == 2 and found[1:] == shape:
        if found[0] == steps:
            return f": [T, ...] without a batch axis, {name}[:, None]?"
        return ": [B, ...] without a time axis?"
    if lead == 1 and found[2:] == shape:
        return ": with a time axis, [T, B, ...] or [B, T, ...], where none is wanted?"
    if len(shape) > 2 and rest == (*shape[1:], shape[0]):
        return f": with the channels last, {name}.movedim(-1, {-len(shape)})?"
    if lead == 2 and found[1:-1] == shape:
        return f": with time as the last axis, {name}.movedim(-1, 0)?"
    if shape[0] == 1 and rest == shape[1:]:
        return f": without a channel axis, {name}.unsqueeze({lead})?"
    if len(shape) > 1 and rest == (whole,):
        return f": flattened, {name}.unflatten(-1, {shape})?"
    if len(shape) == 1 and len(rest) > 1 and math.prod(rest) == whole:
        return f": not flattened, {name}.flatten({lead})?"
    return ""


INTEGERS = (
    "t",
    "seed",
)  # the steps that were taken, and what random numbers begin with


def check_state(state: dict[str, Tensor] | None, net: Any) -> None:
    """Raises ValueError if a state has other keys than those that a call leaves.

    None and an empty state are fresh. Raises TypeError if a value is no tensor, or one of
    another kind of numbers, and if something in a neuron's place knows no state.
    """
    if not torch.compiler.is_compiling():
        _check_neurons(net)
    if not state:
        return
    keys: Sequence[str] = net.STATE
    lacking = [key for key in keys if key not in state]
    for key, value in state.items():
        if key not in keys:
            close = get_close_matches(str(key), lacking or keys, 1)
            meant = f"is {close[0]!r} meant?" if close else f"it keeps {list(keys)}"
            raise ValueError(f"state has {key!r}, which this network lacks: {meant}")
        if not isinstance(value, Tensor):
            found = type(value).__name__
            raise TypeError(f"state[{key!r}] must be a tensor, not {found}")
        if key not in INTEGERS and not value.is_floating_point():
            wanted = f"{torch.get_default_dtype()}, or what the network is"
            raise TypeError(f"state[{key!r}] must be {wanted}, not {value.dtype}")
    if lacking:
        missing = ", ".join(map(repr, lacking))
        raise ValueError(f"state lacks {missing}: only an empty one is fresh")


def _check_neurons(net: Any) -> None:
    """A neuron is called with its state, at one step or at all, with what stands around it."""
    for path in getattr(net, "NEURONS", ()):
        layer = net.get_submodule(path)
        if not hasattr(layer, "resumed"):  # a wrapper has what it wraps
            what = f"{path} is {type(layer).__name__}, which is called as a neuron"
            raise TypeError(f"{what}, with a state: another neuron is one of the spec")


def kept(state: dict[str, Tensor], name: str, shape: Sequence[int]) -> Tensor:
    """What a call left under that name. Raises ValueError if it has another shape."""
    value = state[name]
    if not torch.compiler.is_compiling() and value.shape != torch.Size(shape):
        raise ValueError(_misshapen(name, value, shape))
    return value


def check_starts(
    names: Sequence[str], values: Sequence[Tensor | float], shape: torch.Size
) -> None:
    """Raises ValueError if a first state does not broadcast over a sample of that shape.

    A compiled call is not bound to the sizes of its first one, so nothing is compared there.
    """
    if torch.compiler.is_compiling():
        return
    for name, value in zip(names, values):
        if isinstance(value, Tensor) and value.shape != shape:
            sizes = zip(reversed(value.shape), reversed(shape))
            if value.dim() > len(shape) or any(a not in (1, b) for a, b in sizes):
                raise ValueError(_misshapen(name, value, shape))


def _misshapen(name: str, value: Tensor, shape: Sequence[int]) -> str:
    return f"state[{name!r}] must be {[*shape]}, not {[*value.shape]}"


def in_range(encoder: str, x: Tensor, low: float, high: float) -> None:
    """Raises ValueError if a value of x is not in [low, high].

    Compiled code cannot look at values, and on a GPU it would wait for all that was asked of it:
    there nothing is checked.
    """
    if torch.compiler.is_compiling() or x.is_cuda or not x.numel():
        return
    least, most = map(float, torch.aminmax(x.detach()))
    if not (low <= least and most <= high):
        wanted, got = f"{low:g} to {high:g}", f"{least:g} to {most:g}"
        raise ValueError(f"{encoder}: expected values from {wanted}, got {got}")
