"""Arithmetic that cannot run away: numbers only, no result larger than a TOML integer."""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

Number = int | float
LARGEST = 2**63 - 1

COMPARISONS: Mapping[type[ast.cmpop], tuple[str, Callable[[Any, Any], bool]]] = {
    ast.Eq: ("==", operator.eq),
    ast.NotEq: ("!=", operator.ne),
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
}


class Unfit(Exception):
    """An operation has no result; the message ends the sentence "`a / b` …"."""


def is_number(value: object) -> bool:
    """TOML's numbers; its booleans are none, though Python's are."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def too_large(value: object) -> bool:
    """Only integers: a number of any size is read from TOML, but none is worth computing with."""
    return isinstance(value, int) and abs(value) > LARGEST


def comparable(left: object, right: object) -> bool:
    """Numbers have an order, and strings have one; the two together have none."""
    return (is_number(left) and is_number(right)) or (
        isinstance(left, str) and isinstance(right, str)
    )


def calculate(sign: type[ast.operator], left: Number, right: Number) -> Number:
    """The value of ``left sign right``, whose operands are within bounds. Raises Unfit."""
    try:
        result = ARITHMETIC[sign][1](left, right)
    except ZeroDivisionError:
        raise Unfit("divides by zero") from None
    except OverflowError:
        raise Unfit("is too large") from None
    if too_large(result):
        raise Unfit("is too large")
    if not math.isfinite(result):
        raise Unfit("is not a finite number")
    return result


def _power(base: Number, exponent: Number) -> Number:
    """Estimated in floating point first, so that no huge integer is ever made."""
    if base < 0 and not float(exponent).is_integer():
        raise Unfit("is a fractional power of a negative number")
    if abs(float(base)) ** exponent > 2.0 * LARGEST and isinstance(base, int):
        raise OverflowError
    return _number(base**exponent)


def _number(value: object) -> Number:
    """Python's types cannot tell that a power of real numbers is real; this does."""
    if not isinstance(value, int | float):
        raise Unfit("is not a real number")
    return value


ARITHMETIC: Mapping[type[ast.operator], tuple[str, Callable[[Number, Number], Number]]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.Div: ("/", operator.truediv),
    ast.FloorDiv: ("//", operator.floordiv),
    ast.Mod: ("%", operator.mod),
    ast.Pow: ("**", _power),
}
