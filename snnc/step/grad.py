"""Reverse mode: from a step to the step that carries gradients one step back in time.

For ``name = value``, every variable in ``value`` receives ``g_name * d value / d variable``. The
derivative of a spike is the surrogate's gradient; ``detach`` has none. A gradient of 0 that a
choice left, as ``where`` does for the branch not taken, is 0 behind any derivative.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from snnc.step.chosen import CHOICES, chosen, tame, wild
from snnc.step.derivatives import RULES
from snnc.step.fold import fold
from snnc.step.ssa import SPIKES, Assign, Const, Expr, Operation, Step, Var, live, names, replaced

_ONE, _ZERO = Const(1.0), Const(0.0)


@dataclass(frozen=True)
class Adjoint:
    """The step backwards.

    It reads ``kept`` (values of the forward step), recomputes ``again`` from them, and runs
    ``body`` from ``g_NAME`` of the output and of every state's next value to ``grads``: the names
    that hold the gradients of inputs, states and parameters.
    """

    kept: tuple[str, ...]
    again: tuple[Assign, ...]
    body: tuple[Assign, ...]
    grads: Mapping[str, str]


def adjoint(step: Step, surrogate: Step | None) -> Adjoint:
    """The adjoint of a simplified step; ``surrogate`` gives its spike's gradient from ``u``."""
    every, grads = _Reverse(step, surrogate).run()
    body = live(every, grads.values())
    forward = {assign.name for assign in step.body} | {*step.inputs, *step.states}
    read = {name for assign in body for name in names(assign.value) if name in forward}
    kept = _kept(step, read)
    again = _again(step, read, kept)
    return Adjoint(kept, again, body, grads)


def seed(name: str) -> str:
    """The variable that holds the incoming gradient of ``name``."""
    return f"g_{name}"


class _Reverse:
    def __init__(self, step: Step, surrogate: Step | None) -> None:
        self.step, self.surrogate = step, surrogate
        own = {*step.inputs, *step.states, *step.parameters, *(a.name for a in step.body)}
        self.taken = own | {seed(name) for name in ("output", *step.states)}
        self.chosen, self.wild = chosen(step), wild(step)
        self.terms: dict[str, list[Expr]] = {}
        self.body: list[Assign] = []

    def run(self) -> tuple[tuple[Assign, ...], dict[str, str]]:
        self.give(self.step.output, Var(seed("output")))
        for state, after in self.step.next.items():
            self.give(after, Var(seed(state)))
        for assign in reversed(self.step.body):
            self.pull(assign)
        wanted = (*self.step.inputs, *self.step.states, *self.step.parameters)
        grads = {name: self.collect(name) for name in wanted}
        return tuple(self.body), grads

    def give(self, name: str, term: Expr) -> None:
        self.terms.setdefault(name, []).append(term)

    def pull(self, assign: Assign) -> None:
        """Sums what arrived at a name, and hands it on to what the name was computed from."""
        if assign.name not in self.terms:
            return
        grad = self.total(assign.name)
        value = assign.value
        if isinstance(value, Operation) and value.name in SPIKES:
            grad, value = self.through_spike(grad, value.args[0]), value.args[0]
        result = Var(assign.name)
        if isinstance(value, Operation) and value.name in CHOICES and self.risky(value):
            self.through_choice(grad, value, result)
        else:
            self.hand_on(grad, value, result, assign.name in self.chosen)

    def risky(self, value: Operation) -> bool:
        """Whether 0 times the slope of an argument may be no number; that of a branch may."""
        inner = (p for arg in value.args for _, p in partials(arg, Var("")))
        return value.name == "where" or not all(tame(p, self.wild) for p in inner)

    def hand_on(self, grad: Expr, value: Expr, result: Var, chosen: bool) -> None:
        """Gives each variable its share; ``chosen``: a gradient of 0 stays 0."""
        for name, partial in partials(value, result):
            share = _product(grad, partial)
            if chosen and not tame(partial, self.wild):
                share = Operation("where", (Operation("eq", (grad, _ZERO)), _ZERO, share))
            self.give(name, share)

    def through_choice(self, grad: Expr, value: Operation, result: Var) -> None:
        """The gradient of each argument: all of it where that is taken, 0 elsewhere."""
        for arg, slope in zip(value.args, RULES[value.name](result, *value.args), strict=True):
            if slope is None or isinstance(arg, Const):
                continue
            share = _branch(slope, grad) if value.name == "where" else _product(grad, slope)
            if isinstance(arg, Var):
                self.give(arg.name, share)
            else:
                self.hand_on(self.assign("d_chosen", share), arg, result, chosen=True)

    def through_spike(self, grad: Expr, u: Expr) -> Var:
        """The gradient of u: that of the spike times the surrogate's slope."""
        assert self.surrogate is not None
        body, new = self.surrogate.body, dict[str, Expr]()
        if any("u" in names(assign.value) for assign in body):
            new["u"] = self.assign("u", u)
        for a in body:
            value = replaced(a.value, new)
            new[a.name] = value if isinstance(value, Const) else self.assign(a.name, value)
        argument = next((v.name for v in new.values() if isinstance(v, Var)), "u")
        return self.assign(
            f"d_{argument}", fold(Operation("mul", (grad, new[self.surrogate.output])))
        )

    def assign(self, wanted: str, value: Expr) -> Var:
        """``value`` under a name that nothing else has."""
        name = wanted
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        self.body.append(Assign(name, value, name))
        return Var(name)

    def total(self, name: str) -> Expr:
        terms = self.terms.pop(name)
        if len(terms) == 1 and isinstance(terms[0], Var):
            return terms[0]
        total = terms[0]
        for term in terms[1:]:
            total = _sum(total, term)
        return self.assign(f"d_{name}", total)

    def collect(self, name: str) -> str:
        if name not in self.terms:
            self.terms[name] = [_ZERO]
        total = self.total(name)
        assert isinstance(total, Var)
        return total.name


def _product(grad: Expr, slope: Expr) -> Expr:
    return fold(Operation("mul", (grad, slope)))


def _branch(taken: Expr, grad: Expr) -> Expr:
    """``grad`` where ``taken``, which chooses between 1 and 0, is 1: it may be infinite itself."""
    assert isinstance(taken, Operation)
    condition, *branches = taken.args
    return Operation("where", (condition, *(grad if b == _ONE else _ZERO for b in branches)))


def _sum(a: Expr, b: Expr) -> Expr:
    """a + b, written a - c when b is -c."""
    if isinstance(b, Operation) and b.name == "neg":
        return Operation("sub", (a, b.args[0]))
    match b:
        case Operation(name="mul", args=(left, Operation(name="neg", args=(right,)))):
            return Operation("sub", (a, Operation("mul", (left, right))))
    return Operation("add", (a, b))


def partials(value: Expr, result: Var) -> Iterator[tuple[str, Expr]]:
    """d value / d name for every name in it, once each; zero ones are left out.

    ``result`` is the variable that holds the value.
    """
    for name in dict.fromkeys(names(value)):
        derivative = _derivative(value, name, result)
        if derivative is not None:
            yield name, fold(derivative)


def _derivative(expr: Expr, name: str, value: Var | None) -> Expr | None:
    """d expr / d name, or None for 0. ``value`` is the variable that holds ``expr``, if any."""
    if isinstance(expr, Var):
        return _ONE if expr.name == name else None
    if isinstance(expr, Const) or expr.name == "detach" or name not in names(expr):
        return None
    total: Expr | None = None
    for outer, arg in zip(RULES[expr.name](value, *expr.args), expr.args, strict=True):
        term = _chain(outer, _derivative(arg, name, None)) if outer is not None else None
        if term is not None:
            total = term if total is None else _sum(total, term)
    return total


def _chain(outer: Expr, inner: Expr | None) -> Expr | None:
    return None if inner is None else fold(Operation("mul", (outer, inner)))


def _kept(step: Step, read: set[str]) -> tuple[str, ...]:
    """The values of a step that are read and cannot be recomputed from the rest."""
    order = [*step.inputs, *step.states, *(assign.name for assign in step.body)]
    kept = [name for name in order if name in read]
    values = {assign.name: assign.value for assign in step.body}
    for name in reversed(kept.copy()):
        rest = {other for other in kept if other != name}
        if name in values and _computable(values[name], values, rest, step.parameters):
            kept.remove(name)
    return tuple(kept)


def _computable(
    expr: Expr, values: Mapping[str, Expr], known: set[str], parameters: tuple[str, ...]
) -> bool:
    return all(
        name in known
        or name in parameters
        or (name in values and _computable(values[name], values, known, parameters))
        for name in names(expr)
    )


def _again(step: Step, read: set[str], kept: tuple[str, ...]) -> tuple[Assign, ...]:
    """The assignments that give what is read but not kept, and what those need."""
    values = {assign.name: assign.value for assign in step.body}
    needed: set[str] = set()

    def need(name: str) -> None:
        if name in needed or name in kept or name not in values:
            return
        needed.add(name)
        for other in names(values[name]):
            need(other)

    for name in read:
        need(name)
    return tuple(assign for assign in step.body if assign.name in needed)
