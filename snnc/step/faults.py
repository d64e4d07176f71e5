"""All that is wrong with equations: a wrong one does not hide what is wrong with others."""

from collections.abc import Iterator, Mapping, Sequence

from snnc.step.advice import spiking
from snnc.step.link import Linker, Parameter, Reset, depend, lacking
from snnc.step.parse import Equation, Parsed, StepError
from snnc.step.simplify import COMPARISONS, misfits
from snnc.step.ssa import Assign, Expr, Operation, Step, Var


def faults(
    parsed: Parsed,
    inputs: Sequence[str],
    states: Sequence[str],
    parameters: Mapping[str, Parameter],
    output: str,
    reset: Reset,
) -> list[StepError]:
    """The faults of equations that :func:`snnc.step.link.link` takes, in their order.

    A name that a wrong equation assigns is known; a name that is unknown is told once.
    """
    if parsed.wrong and not parsed.equations:
        return list(parsed.wrong)
    linker = Linker((*inputs, *states, *sorted(parsed.doubtful)), parameters, reset)
    body, wrong = list[Assign](), list(parsed.wrong)
    told: set[str] = set()
    for equation in parsed.equations:
        strange = {name for name in _names(equation.value) if not linker.knows(name)}
        wrong += _unknown(linker, equation.value, told)
        failed = [] if strange else _linked(linker, equation, body)
        wrong += failed
        told |= strange
        if strange or failed:
            linker.current.setdefault(equation.name, equation.name)
    assigned = {*parsed.doubtful, *(equation.name for equation in parsed.equations)}
    wrong += lacking(linker.current, states, output, assigned)
    if output in linker.current:
        next = {state: linker.current[state] for state in states}
        free = tuple(name for name, value in parameters.items() if value is None)
        known = tuple(inputs), tuple(states), free
        step = Step(*known, tuple(body), linker.current[output], next)
        wrong += [_as_written(error, parsed.equations) for error in misfits(step)]
    return sorted(wrong or _constant(output, linker, parsed.equations), key=lambda error: error.at)


def may_spike(parsed: Parsed) -> bool:
    """Whether equations spike, or are meant to: by a comparison, or in one that is wrong."""
    return bool(parsed.wrong) or any(_fires(equation.value) for equation in parsed.equations)


def _linked(linker: Linker, equation: Equation, body: list[Assign]) -> list[StepError]:
    try:
        body.append(linker.assign(equation))
    except StepError as error:
        return [error]
    return []


def _unknown(linker: Linker, expr: Expr, told: set[str]) -> Iterator[StepError]:
    found = {var.name: var for var in reversed([*_variables(expr)])}
    for name, var in reversed(found.items()):
        if not linker.knows(name) and name not in told:
            yield linker.unknown(var)


def _as_written(error: StepError, equations: Sequence[Equation]) -> StepError:
    """The error of a comparison with the spike that was meant, in the names that it has."""
    parts = (part for equation in equations for part in _operations(equation.value))
    meant = (part for part in parts if part.at == error.at and part.name in COMPARISONS)
    return next((StepError(error.message, error.at, spiking(part)) for part in meant), error)


def _operations(expr: Expr) -> Iterator[Operation]:
    if isinstance(expr, Operation):
        yield expr
        for arg in expr.args:
            yield from _operations(arg)


def _names(expr: Expr) -> set[str]:
    return {var.name for var in _variables(expr)}


def _variables(expr: Expr) -> Iterator[Var]:
    if isinstance(expr, Var):
        yield expr
    elif isinstance(expr, Operation):
        for arg in expr.args:
            yield from _variables(arg)


def _constant(output: str, linker: Linker, equations: Sequence[Equation]) -> list[StepError]:
    try:
        depend(output, linker, equations)
    except StepError as error:
        return [error]
    return []


def _fires(expr: Expr) -> bool:
    """Whether there is a spike in an expression, or a comparison where a value belongs."""
    if not isinstance(expr, Operation):
        return False
    args = expr.args[1:] if expr.name == "where" else expr.args
    return expr.name in {"spike", *COMPARISONS} or any(map(_fires, args))
