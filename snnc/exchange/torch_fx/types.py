"""The arguments and results of handlers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from snnc.exchange import Refused
from snnc.exchange.libraries.types import Equations
from snnc.shapes import Shape


@dataclass(frozen=True)
class TracedValue:
    """A tensor that depends on the network's input: its layer, and the shape of one sample.

    Of one that is ``folded``, the first axis of the shape is the original's batch.
    """

    name: str
    shape: Shape
    folded: bool = False


@dataclass(frozen=True)
class MadeLayer:
    """A layer: its kind, its keys, what it reads, and the tensors of its ``state_dict``.

    Without ``inputs`` it reads the layer made before it; they may be layers of the same call.
    ``equations`` define the kind, if a spec has none.
    """

    kind: str
    fields: Mapping[str, object] = field(default_factory=dict)
    inputs: "tuple[TracedValue | MadeLayer, ...]" = ()
    state: Mapping[str, Tensor] = field(default_factory=dict)
    equations: Equations | None = None


@dataclass(frozen=True)
class Parts:
    """The results of a split: what is split along which axis of a sample, and where each begins."""

    whole: TracedValue
    dim: int
    starts: tuple[int, ...]
    sizes: tuple[int, ...]
    kept: bool = True


Layers = tuple[MadeLayer, ...] | TracedValue
"""What a call becomes: layers in a row, or only another name of a value."""
Handler = Callable[..., Layers]
"""Takes the shape of the result, then the arguments of the call under PyTorch's names."""


def read(given: Any) -> TracedValue:
    """An operand that must be a value. Raises Refused."""
    if not isinstance(given, TracedValue):
        what = "a constant tensor" if isinstance(given, Tensor) else f"{given!r}"
        raise Refused(f"one of its operands is {what}, where a layer reads only other layers")
    return given


def constant(given: Any, key: str) -> Tensor:
    """A weight, which must not depend on the input. Raises Refused."""
    if not isinstance(given, Tensor):
        raise Refused(f"its `{key}` depends on the input, where a layer's is a parameter")
    return given


def only(key: str, got: object, want: object) -> None:
    """Check that an option has one of the values that layers have. Raises Refused."""
    if got != want:
        raise Refused(f"it has `{key} = {got}`, where a spec knows only {want}")


def elementwise(
    kind: str,
    step: str,
    inputs: Sequence[TracedValue | MadeLayer] = (),
    names: tuple[str, ...] = ("x",),
    **numbers: tuple[object, Mapping[str, Tensor]],
) -> MadeLayer:
    """A layer by an equation of ``y``; ``numbers`` are its parameters, each with its tensors."""
    fields = {key: value for key, (value, _) in numbers.items()}
    state = {key: tensor for _, held in numbers.values() for key, tensor in held.items()}
    own = Equations("", dict.fromkeys(numbers, 1.0), {}, names, step)
    return MadeLayer(kind, fields, tuple(inputs), state, own)


def one(size: Any) -> object:
    """A size as a spec would write it: one number if all are equal, else one an axis."""
    if not isinstance(size, tuple | list):
        return size
    return size[0] if len(set(size)) == 1 else tuple(size)


def inner(x: TracedValue) -> int:
    """The number of axes of a sample after the channel."""
    return len(x.shape) - 1
