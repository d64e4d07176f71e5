"""Long expressions cut into named parts, so that every line of generated code stays readable.

The same operations in the same order: nothing is rounded differently.
"""

from collections.abc import Iterable, Iterator

from snnc.step.print_torch import expression
from snnc.step.simplify import COMPARISONS
from snnc.step.ssa import Assign, Expr, Op, Var, unused

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
    fitting = [part for part in _parts(expr) if len(expression(part)) <= LONGEST]
    return max(fitting, key=lambda part: len(expression(part)), default=None)


def _parts(expr: Expr) -> Iterator[Expr]:
    """Every operation below the outermost; conditions are no values."""
    for arg in expr.args if isinstance(expr, Op) else ():
        yield from _parts(arg)
        if isinstance(arg, Op) and arg.name not in COMPARISONS:
            yield arg


def _known(expr: Expr, parts: dict[Expr, str]) -> Expr:
    if expr in parts:
        return Var(parts[expr])
    if isinstance(expr, Op):
        return Op(expr.name, tuple(_known(arg, parts) for arg in expr.args), expr.at)
    return expr
