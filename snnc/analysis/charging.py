"""Charging: one time step of a neuron that does not spike, linear in its states and inputs.

Equations of sums and of products with numbers are linear everywhere. Others have a derivative at
the start values of the states and at an input of 0; parameters have their start values.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from snnc.analysis.alike import Alike, alike
from snnc.neuron import Neuron
from snnc.step.evaluate import evaluate
from snnc.step.fold import fold
from snnc.step.grad import partials
from snnc.step.parse import StepError
from snnc.step.simplify import simplified
from snnc.step.ssa import SPIKES, Assign, Const, Expr, Operation, Var, names, replaced

MOST_STEPS = 500
"""As many steps are followed."""
SETTLED = 1e-9
"""A weight of what was earlier that is too small to matter."""
_LINEAR = frozenset({"add", "sub", "mul", "div", "neg"})


@dataclass(frozen=True)
class LinearForm:
    """A value at the point, and how much it changes with each state and input.

    ``everywhere``: that holds at any other point too.
    """

    value: float
    gains: Mapping[str, float]
    everywhere: bool


@dataclass(frozen=True, eq=False)
class Charging:
    """The states before the step and after it, and what is compared with 0 to spike.

    ``varies``: parameters are learned or drawn, and the numbers here are only a start.
    """

    start: Mapping[str, float]
    next: Mapping[str, LinearForm]
    spikes: tuple[LinearForm, ...]
    varies: bool

    @property
    def linear(self) -> bool:
        """Whether it is linear everywhere."""
        return all(form.everywhere for form in (*self.next.values(), *self.spikes))

    def back(self, row: Mapping[str, float], sources: Iterable[str]) -> dict[str, float]:
        """The weights, on what a step reads, of what has the weights ``row`` on its states."""
        forms = self.next.items()
        return {c: sum(row[s] * form.gains.get(c, 0.0) for s, form in forms) for c in sources}


def charging(neuron: Neuron) -> Charging | None:
    """The step of ``neuron`` if it does not spike; None where equations have no value there."""
    return _charging(alike(neuron))


@lru_cache(maxsize=4096)
def response(step: Charging, spike: int, input: str, steps: int) -> tuple[float, ...]:
    """The change of what is compared with 0, by each of the last inputs, the latest first.

    ``spike`` is the place of the comparison in ``step.spikes``. What has settled is left out.
    """
    gains = step.spikes[spike].gains
    row = {state: gains.get(state, 0.0) for state in step.next}
    found = [gains.get(input, 0.0)]
    for _ in range(min(steps, MOST_STEPS) - 1):
        if max(map(abs, row.values()), default=0.0) < SETTLED:
            break
        found += step.back(row, (input,)).values()
        row = step.back(row, step.next)
    return tuple(found)


@lru_cache(maxsize=4096)
def _charging(layer: Alike) -> Charging | None:
    neuron = layer.neuron
    try:
        step, lifted = simplified(neuron.equations())
    except StepError:
        return None
    run_time = {name: number.numbers[0] for name, number in neuron.run_time().items()}
    start = {
        state: run_time[value] if isinstance(value, str) else value
        for state, value in neuron.start().items()
    }
    walk = _Walk({**start, **dict.fromkeys(step.inputs, 0.0)})
    try:
        for term in lifted:
            walk.known[term.name] = Const(evaluate(term.value, run_time))
        for assign in step.body:
            walk.assign(assign)
    except (ArithmeticError, ValueError, KeyError):
        return None
    after = {state: walk.form(Var(name)) for state, name in step.next.items()}
    return Charging(start, after, tuple(walk.spikes), bool(run_time))


class _Walk:
    """Goes through the equations once: forward derivatives, spikes taken for 0."""

    def __init__(self, point: Mapping[str, float]) -> None:
        self.forms = {name: LinearForm(value, {name: 1.0}, True) for name, value in point.items()}
        self.known: dict[str, Expr] = {}
        self.spikes: list[LinearForm] = []

    def assign(self, assign: Assign) -> None:
        value = fold(replaced(_undetached(assign.value), self.known))
        if isinstance(value, Operation) and value.name in SPIKES:
            self.spikes.append(self.form(value.args[0]))
            value = Const(0.0)
        if isinstance(value, Const):
            self.known[assign.name] = value
        else:
            self.forms[assign.name] = self.form(value, assign.name)

    def form(self, expr: Expr, name: str = "") -> LinearForm:
        """The linear form of an expression, which has this name."""
        expr = fold(replaced(expr, self.known))
        point = {other: form.value for other, form in self.forms.items()}
        point[name] = value = evaluate(expr, point)
        gains: dict[str, float] = {}
        for other, partial in partials(expr, Var(name)):
            slope = evaluate(partial, point)
            for source, gain in self.forms[other].gains.items():
                gains[source] = gains.get(source, 0.0) + slope * gain
        read = all(self.forms[other].everywhere for other in names(expr))
        return LinearForm(value, gains, read and _linear(expr))


def _linear(expr: Expr) -> bool:
    """Whether only sums and products with numbers are in ``expr``."""
    if not isinstance(expr, Operation):
        return True
    found = expr.name in _LINEAR and all(_linear(arg) for arg in expr.args)
    varying = [arg for arg in expr.args if any(True for _ in names(arg))]
    if expr.name == "mul":
        return found and len(varying) <= 1
    return found and (expr.name != "div" or expr.args[1] not in varying)


def _undetached(expr: Expr) -> Expr:
    """The same value, with nothing kept from a derivative."""
    if not isinstance(expr, Operation):
        return expr
    if expr.name == "detach":
        return _undetached(expr.args[0])
    return Operation(expr.name, tuple(_undetached(arg) for arg in expr.args), expr.at)
