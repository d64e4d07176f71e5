"""Bounds of what equations give: interval arithmetic, in which a spike lies in [0, 1]."""

from collections.abc import Callable, Mapping
from math import inf, isnan, tanh

from snnc.step.ssa import SPIKES, Const, Expr, Step, Var

Bounds = tuple[float, float]
"""The lowest and the highest value that something can have."""
ANYTHING: Bounds = (-inf, inf)
_UNIT: Bounds = (0.0, 1.0)


def hull(*parts: Bounds) -> Bounds:
    """The bounds of something that is one of ``parts``."""
    return min(low for low, _ in parts), max(high for _, high in parts)


def output(step: Step, inputs: Mapping[str, Bounds]) -> Bounds:
    """The bounds of the output of ``step``; a state can be anything."""
    known = dict(inputs)
    for assign in step.body:
        known[assign.name] = _bounds(assign.value, known)
    return known.get(step.output, ANYTHING)


def _bounds(expr: Expr, known: Mapping[str, Bounds]) -> Bounds:
    if isinstance(expr, Const):
        return expr.value, expr.value
    if isinstance(expr, Var):
        return known.get(expr.name, ANYTHING)
    rule = _RULES.get(expr.name)
    return rule(*(_bounds(arg, known) for arg in expr.args)) if rule else ANYTHING


def _mul(a: Bounds, b: Bounds) -> Bounds:
    products = [0.0 if isnan(x * y) else x * y for x in a for y in b]  # 0 * inf: of finite values
    return min(products), max(products)


def _relu(a: Bounds) -> Bounds:
    return max(a[0], 0.0), max(a[1], 0.0)


def _abs(a: Bounds) -> Bounds:
    low = max(a[0], -a[1], 0.0)
    return low, max(-a[0], a[1])


def _clip(a: Bounds, low: Bounds, high: Bounds) -> Bounds:
    return _max_min(a[0], low[0], high[0]), _max_min(a[1], low[1], high[1])


def _max_min(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


def _same(a: Bounds) -> Bounds:
    return a


def _unit(*_: Bounds) -> Bounds:
    return _UNIT


_COMPARISONS = ("lt", "le", "gt", "ge", "eq", "ne")
_RULES: dict[str, Callable[..., Bounds]] = {
    "add": lambda a, b: (a[0] + b[0], a[1] + b[1]),
    "sub": lambda a, b: (a[0] - b[1], a[1] - b[0]),
    "neg": lambda a: (-a[1], -a[0]),
    "mul": _mul,
    "relu": _relu,
    "abs": _abs,
    "clip": _clip,
    "min": lambda a, b: (min(a[0], b[0]), min(a[1], b[1])),
    "max": lambda a, b: (max(a[0], b[0]), max(a[1], b[1])),
    "where": lambda _, a, b: hull(a, b),
    "tanh": lambda a: (tanh(a[0]), tanh(a[1])),
    "sin": lambda _: (-1.0, 1.0),
    "cos": lambda _: (-1.0, 1.0),
    "detach": _same,
    "sigmoid": _unit,
    **dict.fromkeys(SPIKES, _unit),
    **dict.fromkeys(_COMPARISONS, _unit),
    # a whole number between whole numbers stays there, any other by less than 1
    "round": lambda a: (a[0] - 0.5, a[1] + 0.5) if not _whole(a) else a,
    "floor": lambda a: (a[0] - 1.0, a[1]) if not _whole(a) else a,
}


def _whole(a: Bounds) -> bool:
    return all(end in ANYTHING or end.is_integer() for end in a)
