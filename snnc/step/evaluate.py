"""The value of equations at given numbers, in float64."""

from collections.abc import Iterable, Mapping

from snnc.step.fold import EVALUATE
from snnc.step.ssa import Assign, Const, Expr, Var


def evaluate(expr: Expr, at: Mapping[str, float]) -> float:
    """The value of ``expr`` where its variables are ``at`` these numbers.

    Raises:
        ArithmeticError, ValueError: it has none (1 / 0, log(-1)).
        KeyError: a variable or a function has no number here.
    """
    if isinstance(expr, Const):
        return expr.value
    if isinstance(expr, Var):
        return at[expr.name]
    if expr.name == "where":  # the other branch may have no value
        condition, then, other = expr.args
        return evaluate(then if evaluate(condition, at) else other, at)
    return EVALUATE[expr.name](*(evaluate(arg, at) for arg in expr.args))


def run(body: Iterable[Assign], at: Mapping[str, float]) -> dict[str, float]:
    """All values of a step's ``body``, those in ``at`` among them. Raises what evaluate does."""
    values = dict(at)
    for assign in body:
        values[assign.name] = evaluate(assign.value, values)
    return values
