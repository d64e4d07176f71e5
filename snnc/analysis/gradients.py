"""Whether equations hand gradients on: what is only compared, or detached, gets none."""

from collections.abc import Iterable, Iterator

from snnc.step.parse import Equation
from snnc.step.simplify import COMPARISONS
from snnc.step.ssa import Expr, Operation, Var

_STOPS = COMPARISONS | {"detach"}


def passed(equations: Iterable[Equation], output: str) -> frozenset[str]:
    """The inputs, states and parameters that a gradient at ``output`` reaches, in any step."""
    reads: dict[str, set[str]] = {}
    for equation in equations:  # a name that is given again has the gradients of both
        reads.setdefault(equation.name, set()).update(_carrying(equation.value))
    found, ahead = {output}, [output]
    while ahead:
        new = reads.get(ahead.pop(), set()) - found
        found |= new
        ahead += sorted(new)
    return frozenset(found)


def _carrying(expr: Expr) -> Iterator[str]:
    """The names in an expression that its gradient reaches."""
    if isinstance(expr, Var):
        yield expr.name
    elif isinstance(expr, Operation) and expr.name not in _STOPS:
        for arg in expr.args[1:] if expr.name in ("where", "if") else expr.args:
            yield from _carrying(arg)
