"""Values that only a choice reads: their gradient is 0 wherever another one was chosen.

``where(c, a, b)`` computes both of its branches, and so do ``max``, ``min``, ``clip`` and ``relu``.
A branch that was not taken has the gradient 0, whatever its derivative is there: that of ``log(x)``
at 0 is infinite, that of ``sqrt(x)`` below 0 is no number, and 0 times either is no number. So a
gradient of 0 that comes from a choice stays 0.
"""

from collections.abc import Iterator, Set

from snnc.step.ssa import SPIKES, Const, Expr, Operation, Step, Var

CHOICES = frozenset({"where", "max", "min", "clip", "relu"})
"""The functions that take one of their arguments and leave the others."""
_BOUNDED = SPIKES | {"sigmoid", "tanh", "sin", "cos"}
_KEEPS = frozenset({"add", "sub", "neg", "abs", "round", "floor", "detach", *CHOICES})
"""Functions whose values are finite if those of their arguments are, and not too large."""


def chosen(step: Step, by: Set[str] = CHOICES) -> frozenset[str]:
    """The names of a step, states among them, that nothing but choices reads, those ``by`` which.

    A state is one if no step reads it otherwise: the search begins with all of them, and each round
    takes away at least one until nothing changes.
    """
    known = frozenset(step.states)
    while True:
        read = _read_openly(step, known, by)
        rest = known - read
        if rest == known:
            return frozenset(assign.name for assign in step.body) - read | rest
        known = rest


def _read_openly(step: Step, states: Set[str], by: Set[str]) -> set[str]:
    """The names that are read where nothing chooses; ``states`` are those that nobody does so."""
    found = {step.output, *(name for state, name in step.next.items() if state not in states)}
    for assign in reversed(step.body):
        if assign.name in found:
            found.update(_openly(assign.value, by))
    return found


def _openly(expr: Expr, by: Set[str]) -> Iterator[str]:
    if isinstance(expr, Var):
        yield expr.name
    elif isinstance(expr, Operation) and expr.name not in by:
        for arg in expr.args:
            yield from _openly(arg, by)


def wild(step: Step) -> frozenset[str]:
    """The names whose values may be infinite or no number although all that is read is a number."""
    found: set[str] = set()
    for assign in step.body:
        if not tame(assign.value, found):
            found.add(assign.name)
    return frozenset(found)


def tame(expr: Expr, wild: Set[str] = frozenset()) -> bool:
    """Whether a value is finite wherever the variables are, but for those that are ``wild``.

    A product is if one factor is bounded: two large ones may be more than float32 can hold.
    """
    if not isinstance(expr, Operation):
        return isinstance(expr, Const) or expr.name not in wild
    if expr.name == "mul" and any(map(_bounded, expr.args)):
        return all(tame(arg, wild) for arg in expr.args)
    if expr.name == "where":
        return all(tame(arg, wild) for arg in expr.args[1:])
    return expr.name in _KEEPS | _BOUNDED and all(tame(arg, wild) for arg in expr.args)


def _bounded(expr: Expr) -> bool:
    if isinstance(expr, Operation) and expr.name == "where":
        return all(map(_bounded, expr.args[1:]))
    return isinstance(expr, Const) or (isinstance(expr, Operation) and expr.name in _BOUNDED)
