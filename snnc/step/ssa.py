"""A parsed step: assignments of small expressions, each name assigned once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

At = tuple[int, int]
"""Line (from 1) and column (from 0) inside the text of the equations."""

SPIKE_ABOVE = "spike_above"
"""``spike(u)`` of a neuron that fires above its threshold: 1 where u > 0, else 0."""
SPIKES = frozenset({"spike", SPIKE_ABOVE})
"""Operations whose backward pass takes the surrogate's slope."""


@dataclass(frozen=True)
class Const:
    """A number, held in float64 and rounded once, when a backend reads it."""

    value: float


@dataclass(frozen=True)
class Var:
    """An input, a state, a run-time parameter or the result of an earlier assignment."""

    name: str
    at: At = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True)
class Operation:
    """``add sub mul div neg pow``, one of ``lt le gt ge eq ne``, or a function by its name."""

    name: str
    args: "tuple[Expr, ...]"
    at: At = field(default=(0, 0), compare=False, repr=False)

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        # made once: those who look expressions up hash every part of every part
        return hash((self.name, self.args))


Expr = Const | Var | Operation


@dataclass(frozen=True)
class Assign:
    """``name = value``; ``source`` is the name as written, before it was made unique."""

    name: str
    value: Expr
    source: str


@dataclass(frozen=True)
class Step:
    """One time step: reads ``inputs`` and ``states``, writes ``output`` and the next states.

    ``parameters`` are known only at run time (learnable ones); all others are constants by now.
    ``next`` maps each state to the name that holds its value after the step.
    """

    inputs: tuple[str, ...]
    states: tuple[str, ...]
    parameters: tuple[str, ...]
    body: tuple[Assign, ...]
    output: str
    next: Mapping[str, str]


def joined(function: str, count: int) -> Step:
    """``count`` inputs joined from left to right by a binary function: ``add``, ``mul``."""
    inputs = ("x", *(f"x{number}" for number in range(2, count + 1)))
    value: Expr = Var(inputs[0])
    for other in inputs[1:]:
        value = Operation(function, (value, Var(other)))
    return Step(inputs, (), (), (Assign("merged", value, "merged"),), "merged", {})


def names(expr: Expr) -> Iterator[str]:
    """The variables that ``expr`` reads, left to right, with repetitions."""
    if isinstance(expr, Var):
        yield expr.name
    if isinstance(expr, Operation):
        for arg in expr.args:
            yield from names(arg)


def replaced(expr: Expr, values: Mapping[str, Expr]) -> Expr:
    """``expr`` with some of its variables replaced."""
    if isinstance(expr, Var):
        return values.get(expr.name, expr)
    if isinstance(expr, Operation):
        return Operation(expr.name, tuple(replaced(arg, values) for arg in expr.args), expr.at)
    return expr


def live(body: Iterable[Assign], wanted: Iterable[str]) -> tuple[Assign, ...]:
    """The assignments that the names ``wanted`` need, directly or not."""
    needed, kept = set(wanted), list[Assign]()
    for assign in reversed(list(body)):
        if assign.name in needed:
            needed |= set(names(assign.value))
            kept.append(assign)
    return tuple(reversed(kept))


def unused(wanted: str, taken: set[str], between: str = "") -> str:
    """``wanted``, numbered from 2 if it is taken; it is taken from now on."""
    name, version = wanted, 1
    while name in taken:
        version += 1
        name = f"{wanted}{between}{version}"
    taken.add(name)
    return name
