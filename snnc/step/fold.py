"""Constant folding that never changes a result: in float64, rounded once.

A constant beyond float32 is left as it was written, for the caller to refuse.

Only const∘const, ``x * 1``, ``x / c`` as a product where 1/c is exact (c is a power of 2),
``c / x`` (the reciprocal first, as PyTorch does) and ``x - 0``. Never ``0 * x`` or ``x + 0``: they
are no identities for infinities and for -0. Never ``x / 3`` as ``x * (1 / 3)``: 49 * (1 / 49) is
below 1.
"""

import math
from collections.abc import Callable

from snnc.floats import finite
from snnc.step.ssa import Const, Expr, Operation

_ONE, _ZERO, _MINUS = Const(1.0), Const(0.0), Const(-1.0)
_LARGEST_EXPONENT = 126
"""Of powers of 2 that are normal numbers in float32, and so are their inverses."""

EVALUATE: dict[str, Callable[..., float]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": math.pow,
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
    "floor": lambda a: float(math.floor(a)),
    "round": lambda a: float(round(a)),
    "min": min,
    "max": max,
    "clip": lambda a, low, high: low if a < low else min(a, high),
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
    if not isinstance(expr, Operation):
        return expr
    args = tuple(fold(arg) for arg in expr.args)
    folded = Operation(expr.name, args, expr.at)
    if expr.name in EVALUATE and all(isinstance(arg, Const) for arg in args):
        return _constant(folded, [arg.value for arg in args if isinstance(arg, Const)])
    if expr.name == "where" and isinstance(args[0], Const):
        return args[1] if args[0].value else args[2]
    match expr.name, args:
        case ("clip", (Const(value), Const(low), _)) if value < low:
            return Const(low)
    return _identity(folded)


def _identity(expr: Operation) -> Expr:
    match expr.name, expr.args:
        case ("mul" | "div", (a, one)) if one == _ONE:
            return a
        case ("mul", (one, b)) if one == _ONE:
            return b
        case ("mul", (a, minus)) if minus == _MINUS:
            return _identity(Operation("neg", (a,), expr.at))
        case ("mul", (minus, b)) if minus == _MINUS:
            return _identity(Operation("neg", (b,), expr.at))
        case ("sub", (a, zero)) if zero == _ZERO:
            return a
        case ("neg", (Operation(name="neg", args=(a,)),)):
            return a
        case ("neg", (Operation(name="mul", args=(a, Operation(name="neg", args=(b,)))),)):
            return Operation("mul", (a, b), expr.at)
        case ("div", (a, Const(value))) if _exact_inverse(value):
            return Operation("mul", (a, Const(1.0 / value)), expr.at)
        case ("div", (Const(value), b)) if value != 1.0:
            return _identity(Operation("mul", (Const(value), Operation("div", (_ONE, b))), expr.at))
    return expr


def _exact_inverse(value: float) -> bool:
    """Whether 1/value is rounded in neither precision: a power of 2 whose inverse is normal."""
    fraction, exponent = math.frexp(value)
    return abs(fraction) == 0.5 and abs(exponent - 1) <= _LARGEST_EXPONENT


def _constant(expr: Operation, values: list[float]) -> Expr:
    """The constant; an expression without a value (1/0, exp(1000)) stays for the caller."""
    try:
        value = EVALUATE[expr.name](*values)
    except (ArithmeticError, ValueError):
        return expr
    return Const(float(value)) if finite(value) else expr
