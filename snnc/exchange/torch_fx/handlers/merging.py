"""Handlers of calls with several inputs: sums, products, concatenations."""

from typing import Any

from snnc.exchange.torch_fx.types import Layers, MadeLayer, TracedValue, only, read
from snnc.shapes import Shape


def add(out: Shape, input: Any, other: Any, alpha: Any = 1) -> Layers:
    """The sum of two values; 0 adds nothing, as in ``sum([a, b])``."""
    only("alpha", alpha, 1)
    for zero, term in ((input, other), (other, input)):
        if isinstance(term, TracedValue) and isinstance(zero, int | float) and zero == 0:
            return term
    return (MadeLayer("Add", {}, (read(input), read(other))),)


def mul(out: Shape, input: Any, other: Any) -> Layers:
    """The product of two values."""
    return (MadeLayer("Mul", {}, (read(input), read(other))),)


def cat(out: Shape, tensors: Any, dim: int = 0) -> Layers:
    """Along an axis of the sample; PyTorch counts the batch too."""
    values = tuple(map(read, tensors))
    if len(values) == 1:
        return values[0]
    return (MadeLayer("Concat", {"dim": dim % (1 + len(out)) - 1}, values),)


TABLE = {
    "add iadd add_": add,
    "mul imul mul_ multiply": mul,
    "cat concat concatenate": cat,
}
