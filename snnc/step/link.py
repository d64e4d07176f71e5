"""Equations with their parameters into a :class:`Step`: flags decided, resets written out."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from snnc.floats import vanishes
from snnc.step.advice import advice
from snnc.step.fold import EVALUATE, fold
from snnc.step.parse import Equation, StepError
from snnc.step.ssa import (
    SPIKE_ABOVE,
    SPIKES,
    Assign,
    Const,
    Expr,
    Operation,
    Step,
    Var,
    live,
    unused,
)

Parameter = float | bool | None
"""A number, a compile-time flag, or None for a value that is known only at run time."""


@dataclass(frozen=True)
class Reset:
    """The meaning of ``spike(u)`` and ``reset(h, s)`` for one layer.

    ``kind`` is "hard" (to ``v_reset``) or "soft" (by subtraction of ``v_threshold``). With
    ``detach`` no gradient flows through the spike. With ``above`` a spike needs u > 0, else u >= 0.
    """

    kind: str = "hard"
    detach: bool = False
    above: bool = False


def link(
    equations: Sequence[Equation],
    inputs: Sequence[str],
    states: Sequence[str],
    parameters: Mapping[str, Parameter],
    output: str,
    reset: Reset,
    *,
    constant: bool = False,
) -> Step:
    """The step that ``equations`` describe, in single-assignment form, constants folded.

    Its output may be a plain number if ``constant``, as a slope may.

    Raises:
        StepError: a name is unknown, a state is never updated, the output is not there.
    """
    linker = Linker((*inputs, *states), parameters, reset)
    body = [linker.assign(equation) for equation in equations]
    for error in lacking(linker.current, states, output, {e.name for e in equations}):
        raise error
    if not constant:
        depend(output, linker, equations)
    results = {linker.current[name] for name in (output, *states)}
    return Step(
        inputs=tuple(inputs),
        states=tuple(states),
        parameters=tuple(name for name, value in parameters.items() if value is None),
        body=live(body, results),
        output=linker.current[output],
        next={state: linker.current[state] for state in states},
    )


def lacking(
    current: Mapping[str, str], states: Sequence[str], output: str, assigned: Collection[str]
) -> Iterator[StepError]:
    """The states and the output that no equation assigns."""
    for state in states:
        if state not in assigned:
            help = f"assign it: `{state} = …`"
            yield StepError(f"the state `{state}` is never updated", (1, 0), help, ("state", state))
    if output not in current:
        help = advice(output, sorted(assigned))
        message = f"the output `{output}` is never assigned"
        yield StepError(message, (1, 0), help, ("output",))


def depend(output: str, linker: "Linker", equations: Sequence[Equation]) -> None:
    """Refuses an output that no input and no state has a part in. Raises StepError."""
    if linker.current[output] in linker.constants:
        at = next(equation.at for equation in reversed(equations) if equation.name == output)
        help = "an output depends on an input or on a state"
        raise StepError(f"`{output}` is the same number at every step", at, help)


class Linker:
    """Walks the equations in order; ``current`` holds the newest version of every name."""

    def __init__(
        self, given: Iterable[str], parameters: Mapping[str, Parameter], reset: Reset
    ) -> None:
        self.current = {name: name for name in given}
        self.parameters, self.reset = parameters, reset
        self.taken = set(self.current) | set(parameters)
        self.constants: dict[str, Const] = {}

    def assign(self, equation: Equation) -> Assign:
        """The equation under a name that no other one has. Raises StepError."""
        if equation.name in self.parameters:
            raise StepError(f"`{equation.name}` is a parameter: it cannot change", equation.at)
        value = fold(self.resolve(equation.value))
        possible(value)
        name = unused(equation.name, self.taken, "_")
        self.current[equation.name] = name
        if isinstance(value, Const):
            self.constants[name] = value
        return Assign(name, value, equation.name)

    def resolve(self, expr: Expr) -> Expr:
        if isinstance(expr, Var):
            return self.name(expr)
        if isinstance(expr, Const):
            return expr
        if expr.name == "if":
            return self.choose(expr)
        args = tuple(self.resolve(arg) for arg in expr.args)
        if expr.name == "spike" and self.reset.above:
            return Operation(SPIKE_ABOVE, args, expr.at)
        if expr.name != "reset":
            return Operation(expr.name, args, expr.at)
        if self.reset.kind == "hard" and "v_reset" not in self.parameters:
            raise StepError("`reset` needs spikes", expr.at, "make them with `s = spike(h - …)`")
        return self.reset_to(args)

    def name(self, var: Var) -> Expr:
        if var.name in self.current:
            name = self.current[var.name]
            return self.constants.get(name, Var(name, var.at))
        if var.name == "pi":
            return Const(3.141592653589793)
        if var.name not in self.parameters:
            raise self.unknown(var)
        value = self.parameters[var.name]
        return Var(var.name, var.at) if value is None else Const(float(value))

    def knows(self, name: str) -> bool:
        """Whether a name stands for something by now."""
        return name in self.current or name in self.parameters or name == "pi"

    def unknown(self, var: Var) -> StepError:
        """The error that a name stands for nothing."""
        known = sorted({*self.current, *self.parameters})
        declared = f"declare `{var.name} = 1.0` in `parameters`"
        if known == ["u"]:  # of a surrogate
            declared = f"the argument of a surrogate is `u`; {declared}"
        help = advice(var.name, known, declared=declared)
        return StepError(f"unknown name `{var.name}`", var.at, help)

    def choose(self, expr: Operation) -> Expr:
        test, body, other = expr.args
        flag = self.parameters.get(test.name) if isinstance(test, Var) else None
        if not isinstance(flag, bool):
            help = "by a comparison, `where(condition, a, b)` chooses"
            message = "`a if flag else b` needs a true/false parameter as its flag"
            raise StepError(message, expr.at, help)
        return self.resolve(body if flag else other)

    def reset_to(self, args: tuple[Expr, ...]) -> Expr:
        h, s = args[:2]
        r = Operation("detach", (s,)) if self.reset.detach else s
        if self.reset.kind == "soft":
            amount = args[2] if len(args) == 3 else self.resolve(Var("v_threshold"))
            return Operation("sub", (h, Operation("mul", (r, amount))))
        kept = Operation("mul", (Operation("sub", (Const(1.0), r)), h))
        v_reset = self.resolve(Var("v_reset"))
        # r * 0 + kept is kept: a spike is finite, so nothing is lost by not writing it.
        return (
            kept
            if v_reset == Const(0.0)
            else Operation("add", (Operation("mul", (r, v_reset)), kept))
        )


def possible(expr: Expr) -> None:
    """Reject constants without a value: 1 / 0, log(-1), exp(1000). Raises StepError."""
    if not isinstance(expr, Operation):
        return
    if expr.name in EVALUATE and all(isinstance(arg, Const) for arg in expr.args):
        raise StepError("this constant has no finite value in float32", expr.at)
    if expr.name == "clip" and _upside_down(*expr.args[1:]):
        raise StepError("`clip` has its lower bound first: `clip(x, low, high)`", expr.at)
    if expr.name == "div" and isinstance(by := expr.args[1], Const) and vanishes(by.value):
        what = "by zero" if by.value == 0 else f"by {by.value:g}, which is 0 in float32"
        raise StepError(f"this divides {what}", expr.at)
    if expr.name in SPIKES and isinstance(expr.args[0], Const):
        help = "what spikes depends on an input or on a state: `s = spike(h - v_threshold)`"
        raise StepError("this spikes at every step, or never", expr.at, help)
    for arg in expr.args:
        possible(arg)


def _upside_down(low: Expr, high: Expr) -> bool:
    return isinstance(low, Const) and isinstance(high, Const) and low.value > high.value
