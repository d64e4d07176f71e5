"""Whether equations give spikes, and what one of them adds to the output."""

from collections.abc import Mapping, Sequence

from snnc.step.parse import Equation
from snnc.step.ssa import SPIKES, Const, Expr, Operation, Var

_WHOLE = SPIKES | frozenset({"round", "floor", "lt", "le", "gt", "ge", "eq", "ne"})
_KEEPS = frozenset({"add", "sub", "mul", "neg", "abs", "min", "max", "detach", "relu"})
_CHOICES = frozenset({"if", "where"})


def spike_value(
    equations: Sequence[Equation], output: str, numbers: Mapping[str, float | None]
) -> float | str | None:
    """The number that one spike adds to ``output``; None if that is no whole number of spikes.

    It is 1.0, a number that is known, or the name of one of ``numbers`` that is known at run time
    only (None). An output is ``p * s`` or ``s * p`` of such a number p and a count of spikes s.
    """
    values = {equation.name: equation.value for equation in equations}
    value = _resolved(Var(output), values)
    if _counts(value, values):
        return 1.0
    if not isinstance(value, Operation) or value.name != "mul":
        return None
    for factor, spikes in (value.args, value.args[::-1]):
        if isinstance(factor, Const) and _counts(spikes, values):
            return factor.value
        if isinstance(factor, Var) and factor.name in numbers and _counts(spikes, values):
            known = numbers[factor.name]
            return factor.name if known is None else known
    return None


def _resolved(expr: Expr, values: Mapping[str, Expr]) -> Expr:
    """The expression that a chain of names stands for in the end."""
    seen: set[str] = set()
    while isinstance(expr, Var) and expr.name in values and expr.name not in seen:
        seen.add(expr.name)
        expr = values[expr.name]
    return expr


def _counts(expr: Expr, values: Mapping[str, Expr]) -> bool:
    """Whether its value is a whole number that spikes have a part in."""
    return _whole(expr, values) and _fires(expr, values)


def _whole(expr: Expr, values: Mapping[str, Expr]) -> bool:
    if isinstance(expr, Const):
        return expr.value.is_integer()
    if isinstance(expr, Var):  # a name that is given again, as a state is, is not followed
        rest = {name: value for name, value in values.items() if name != expr.name}
        return expr.name in values and _whole(values[expr.name], rest)
    args = expr.args[1:] if expr.name in _CHOICES else expr.args
    kept = expr.name in _KEEPS | _CHOICES and all(_whole(arg, values) for arg in args)
    return expr.name in _WHOLE or kept


def _fires(expr: Expr, values: Mapping[str, Expr]) -> bool:
    if isinstance(expr, Const):
        return False
    if isinstance(expr, Var):
        rest = {name: value for name, value in values.items() if name != expr.name}
        return expr.name in values and _fires(values[expr.name], rest)
    return expr.name in _WHOLE or any(_fires(arg, values) for arg in expr.args)
