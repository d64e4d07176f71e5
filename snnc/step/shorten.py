"""Long expressions cut into named parts, so that every line of generated code stays readable.

The same operations in the same order: nothing is rounded differently.
"""

from collections.abc import Iterable

from snnc.step.print_torch import expression
from snnc.step.simplify import COMPARISONS
from snnc.step.ssa import Assign, Expr, Operation, Var, unused

LONGEST = 56


def shortened(body: Iterable[Assign], taken: Iterable[str]) -> tuple[Assign, ...]:
    """The same assignments, long ones preceded by their parts; equal parts are named once."""
    known = set(taken)
    parts: dict[Expr, str] = {}
    lines: list[Assign] = []
    for assign in body:
        value = _known(assign.value, parts)
        while len(expression(value)) > LONGEST and (part := _largest(value)):
            name = unused("part", known)
            parts[part] = name
            lines.append(Assign(name, part, name))
            value = _known(value, parts)
        lines.append(Assign(assign.name, value, assign.source))
    return tuple(lines)


def _largest(expr: Expr) -> Expr | None:
    """The longest part that fits into a line of its own, if cutting it out helps."""
    fitting: list[tuple[Expr, int]] = []
    for arg in expr.args if isinstance(expr, Operation) else ():
        _fits(arg, fitting)
    return max(fitting, key=lambda found: found[1], default=(None, 0))[0]


def _fits(expr: Expr, fitting: list[tuple[Expr, int]]) -> bool:
    """Whether it fits into a line; the operations in it that do, with their lengths, are added.

    What holds a part that does not fit is not printed: the text of long expressions is made once.
    Conditions are no values.
    """
    if not isinstance(expr, Operation):
        return True
    within = [_fits(arg, fitting) for arg in expr.args]
    length = len(expression(expr)) if all(within) else LONGEST + 1
    if length <= LONGEST and expr.name not in COMPARISONS:
        fitting.append((expr, length))
    return length <= LONGEST


def _known(expr: Expr, parts: dict[Expr, str]) -> Expr:
    if expr in parts:
        return Var(parts[expr])
    if isinstance(expr, Operation):
        return Operation(expr.name, tuple(_known(arg, parts) for arg in expr.args), expr.at)
    return expr
