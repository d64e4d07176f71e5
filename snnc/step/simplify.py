"""Equations in the form that gradients and printers share: small steps, nothing computed twice.

Powers become products, every call gets a name of its own (its derivative needs its value), and what
depends on parameters alone leaves the step: a ``Lifted`` term is computed once a call, outside.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from snnc.step.chosen import chosen, tame
from snnc.step.fold import fold
from snnc.step.parse import DEEPEST, StepError
from snnc.step.ssa import (
    SPIKES,
    Assign,
    At,
    Const,
    Expr,
    Operation,
    Step,
    Var,
    names,
    replaced,
    unused,
)

ARITHMETIC = frozenset({"add", "sub", "mul", "div", "neg", "detach"})
COMPARISONS = frozenset({"lt", "le", "gt", "ge", "eq", "ne"})
UNLIKE_TORCH = SPIKES | {"detach", "round", "floor", "max", "min", "clip"}
"""What has another gradient in a step than in PyTorch, where lifted terms are computed."""
_CHOICE = frozenset({"where"})
_MOST_PARTS = 5_000
"""Of a term that other terms have been put into."""
_NOUNS = ("base", "clipped")
_ONE = Const(1.0)
_LARGEST_POWER = 8
_POWERS = range(1, _LARGEST_POWER + 1)


@dataclass(frozen=True)
class Lifted:
    """A term of parameters alone, under the name by which the step reads it."""

    name: str
    value: Expr
    parameters: frozenset[str]


def simplified(step: Step, fixed: Collection[str] = ()) -> tuple[Step, tuple[Lifted, ...]]:
    """The same step in that form, and what was lifted out of it.

    The parameters of the step returned are the names of the lifted terms. Those that are ``fixed``
    are neither learned nor drawn: a division by them alone stays one, as by any constant.
    """
    walker = _Walker(step, frozenset(fixed))
    for assign in step.body:
        walker.assign(assign)
    lifted = tuple(walker.lifted.values())
    body = tuple(walker.body)
    new = Step(
        step.inputs, step.states, tuple(term.name for term in lifted), body, step.output, step.next
    )
    return new, lifted


def misfits(step: Step) -> list[StepError]:
    """Everything that cannot be brought into that form, one error for an assignment."""
    walker, found = _Walker(step), list[StepError]()
    for assign in step.body:
        try:
            walker.assign(assign)
        except StepError as error:
            found.append(error)
    return found


class _Walker:
    def __init__(self, step: Step, fixed: frozenset[str] = frozenset()) -> None:
        self.fixed = fixed
        self.parameters, self.chosen = frozenset(step.parameters), chosen(step, _CHOICE)
        self.taken = {*step.inputs, *step.states, *step.parameters, *(a.name for a in step.body)}
        self.lifted: dict[Expr, Lifted] = {}
        self.temporaries: dict[Expr, Var] = {}
        self.terms: dict[str, Expr] = {}
        self.sizes: dict[str, _Size] = {}
        self.results = {step.output, *step.next.values()}
        self.body: list[Assign] = []

    def assign(self, assign: Assign) -> None:
        """An equation between parameters is a term under its own name: it leaves the step."""
        self.bounded(assign)
        written = fold(replaced(assign.value, self.terms))
        if self.pure(written) and assign.name not in self.results:
            self.terms[assign.name] = written
            return
        self.sizes[assign.name] = _LEAF
        value = self.outer(self.lift(written, assign.name in self.chosen))
        self.body.append(Assign(assign.name, value, assign.source))

    def bounded(self, assign: Assign) -> None:
        """Refuses terms that grow without end where they are put in: each may double the last."""
        size = self.sizes[assign.name] = _size(assign.value, self.sizes)
        if size.parts > _MOST_PARTS or size.levels > DEEPEST:
            message = "with the equations of parameters put in, this is too long"
            help = "a state or an input breaks the chain, and so do fewer equations"
            raise StepError(message, _at(assign.value), help)

    def lift(self, expr: Expr, chosen: bool = False) -> Expr:
        """Largest terms of parameters first; ``a / p`` is ``a * (1 / p)`` unless p is fixed.

        A term that may be infinite stays in the step if only a ``where`` reads it: outside, nobody
        would know which elements took it.
        """
        if self.pure(expr) and (tame(expr) or not chosen):
            return self.named(expr)
        if not isinstance(expr, Operation):
            return expr
        chosen = (chosen or expr.name in _CHOICE) and expr.name not in COMPARISONS
        if expr.name == "div" and self.inverted(expr.args[1]) and expr.args[0] != _ONE:
            inverse = self.lift(Operation("div", (_ONE, expr.args[1]), expr.at), chosen)
            return Operation("mul", (self.lift(expr.args[0], chosen), inverse), expr.at)
        return Operation(expr.name, tuple(self.lift(arg, chosen) for arg in expr.args), expr.at)

    def inverted(self, divisor: Expr) -> bool:
        """Whether a divisor is inverted once a call: no tie depends on the last bit of it."""
        return self.pure(divisor) and not self.fixed.issuperset(names(divisor))

    def pure(self, expr: Expr) -> bool:
        """Whether an expression depends on parameters alone and can be computed outside."""
        read = set(names(expr))
        condition = isinstance(expr, Operation) and expr.name in COMPARISONS
        return bool(read) and read <= self.parameters and not condition and _like_torch(expr)

    def named(self, expr: Expr) -> Var:
        if expr not in self.lifted:
            stem = "_".join(dict.fromkeys(names(expr)))
            own = next((name for name, term in self.terms.items() if term == expr), None)
            wanted = stem if isinstance(expr, Var) else f"{stem}_term"
            if isinstance(expr, Operation) and expr.name == "div" and expr.args[0] == Const(1.0):
                wanted = f"{stem}_inverse"
            name = wanted if isinstance(expr, Var) else own or unused(wanted, self.taken)
            self.lifted[expr] = Lifted(name, expr, frozenset(names(expr)))
        return Var(self.lifted[expr].name)

    def outer(self, expr: Expr) -> Expr:
        """The right side of an assignment may itself be a call; its arguments are simple."""
        if isinstance(expr, Operation) and expr.name == "where":
            condition = expr.args[0]
            if not isinstance(condition, Operation) or condition.name not in COMPARISONS:
                help = f"write `{condition.name} > 0`" if isinstance(condition, Var) else None
                raise StepError("the condition of `where` must be a comparison", expr.at, help)
        if isinstance(expr, Operation) and expr.name == "clip" and not _between_numbers(expr):
            return self.outer(self.between(expr))
        if isinstance(expr, Operation) and expr.name not in ARITHMETIC | COMPARISONS | {"pow"}:
            return Operation(expr.name, tuple(self.argument(arg) for arg in expr.args), expr.at)
        return self.inner(expr)

    def inner(self, expr: Expr) -> Expr:
        if not isinstance(expr, Operation):
            return expr
        if expr.name == "pow":
            return self.power(expr)
        if expr.name in ARITHMETIC:
            return Operation(expr.name, tuple(self.inner(arg) for arg in expr.args), expr.at)
        if expr.name in COMPARISONS:
            raise StepError("a comparison can only stand in `where(condition, a, b)`", expr.at)
        return self.temporary(expr.name, self.outer(expr))

    def argument(self, expr: Expr) -> Expr:
        """Conditions stay where they are, between simple operands."""
        if isinstance(expr, Operation) and expr.name in COMPARISONS:
            return Operation(expr.name, tuple(self.inner(arg) for arg in expr.args), expr.at)
        return self.inner(expr)

    def between(self, expr: Operation) -> Expr:
        """``clip`` as choices: PyTorch clamps between two numbers or two tensors, not a mixture."""
        a, low, high = (self.held(arg) for arg in expr.args)
        below = Operation("where", (Operation("gt", (a, high), expr.at), high, a), expr.at)
        return fold(Operation("where", (Operation("lt", (a, low), expr.at), low, below), expr.at))

    def held(self, expr: Expr) -> Expr:
        """A number, or a name for anything else: it can be read more than once."""
        value = self.inner(expr)
        return self.temporary("clipped", value) if isinstance(value, Operation) else value

    def power(self, expr: Operation) -> Expr:
        base, exponent = expr.args
        if not isinstance(exponent, Const) or exponent.value not in _POWERS:
            message = f"an exponent must be an integer from 1 to {_LARGEST_POWER}"
            if known := next(names(exponent), ""):
                message += f", and `{known}` is known only at run time"
            raise StepError(message, expr.at, "above 0, `exp(y * log(x))` is x to the power of y")
        factor = self.inner(base)
        if not isinstance(factor, Var):
            factor = self.temporary("base", factor)
        product: Expr = factor
        for _ in range(int(exponent.value) - 1):
            product = Operation("mul", (product, factor), expr.at)
        return product

    def temporary(self, stem: str, value: Expr) -> Var:
        """A name for ``value``: the one it has already, if it was needed before."""
        if value not in self.temporaries:
            name = unused(stem if stem in _NOUNS else f"{stem}_of", self.taken)
            self.body.append(Assign(name, value, name))
            self.temporaries[value] = Var(name)
        return self.temporaries[value]


class _Size(NamedTuple):
    """The number of names, numbers and operations in an expression, and how deep they nest."""

    parts: int
    levels: int


_LEAF = _Size(1, 1)


def _size(expr: Expr, known: Mapping[str, _Size]) -> _Size:
    """The size of ``expr`` once the names in ``known`` are replaced by what they stand for."""
    if isinstance(expr, Var):
        return known.get(expr.name, _LEAF)
    if isinstance(expr, Const):
        return _LEAF
    inner = [_size(arg, known) for arg in expr.args]
    return _Size(1 + sum(i.parts for i in inner), 1 + max(i.levels for i in inner))


def _at(expr: Expr) -> At:
    return expr.at if isinstance(expr, Operation | Var) else (1, 0)


def _between_numbers(expr: Operation) -> bool:
    return isinstance(expr.args[1], Const) and isinstance(expr.args[2], Const)


def _like_torch(expr: Expr) -> bool:
    if not isinstance(expr, Operation):
        return True
    if expr.name in _CHOICE and not all(map(tame, expr.args[1:])):
        return False
    return expr.name not in UNLIKE_TORCH and all(map(_like_torch, expr.args))
