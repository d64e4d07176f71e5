"""Constant folding that never changes a result: in float64, rounded once.

Only const∘const, ``x * 1``, ``x / c`` (multiplied by 1/c, rounded once, in every backend alike) and
``x - 0``. Never ``0 * x`` or ``x + 0``: they are not identities for infinities and for -0.
"""

import math
from collections.abc import Callable

from snnc.step.ssa import Const, Expr, Op

_ONE, _ZERO = Const(1.0), Const(0.0)

EVALUATE: dict[str, Callable[..., float]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": lambda a, b: a**b,
    "neg": lambda a: -a,
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "sin": math.sin,
    "cos": math.cos,
    "tanh": math.tanh,
    "sigmoid": lambda a: 1.0 / (1.0 + math.exp(-a)),
    "abs": abs,
    "relu": lambda a: max(a, 0.0),
    "lt": lambda a, b: float(a < b),
    "le": lambda a, b: float(a <= b),
    "gt": lambda a, b: float(a > b),
    "ge": lambda a, b: float(a >= b),
    "eq": lambda a, b: float(a == b),
    "ne": lambda a, b: float(a != b),
    "where": lambda c, a, b: a if c else b,
    "detach": lambda a: a,
}


def fold(expr: Expr) -> Expr:
    """``expr`` with its constant parts computed."""
    if not isinstance(expr, Op):
        return expr
    args = tuple(fold(arg) for arg in expr.args)
    if expr.name in EVALUATE and all(isinstance(arg, Const) for arg in args):
        return _constant(expr, [arg.value for arg in args if isinstance(arg, Const)])
    match expr.name, args:
        case ("mul" | "div", (a, one)) if one == _ONE:
            return a
        case ("mul", (one, b)) if one == _ONE:
            return b
        case ("sub", (a, zero)) if zero == _ZERO:
            return a
        case ("div", (a, Const(value))) if value:
            return Op("mul", (a, Const(1.0 / value)), expr.at)
    return Op(expr.name, args, expr.at)


def _constant(expr: Op, values: list[float]) -> Expr:
    try:
        value = EVALUATE[expr.name](*values)
    except (ArithmeticError, ValueError):
        return Op(expr.name, tuple(Const(v) for v in values), expr.at)
    return Const(value) if math.isfinite(value) else expr
