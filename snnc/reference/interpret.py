"""A neuron's equations evaluated on tensors, one step after the other, by autograd's rules."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from snnc.neuron import Neuron, SpikingNeuron
from snnc.step.chosen import CHOICES, chosen
from snnc.step.ssa import SPIKE_ABOVE, SPIKES, Const, Expr, Step, Var
from snnc.step.ssa import names as read

Spike = Callable[..., Tensor]
"""``spike(u, above=False)``: 1 where it fires, else 0."""


class _Straight(torch.autograd.Function):
    """round or floor, whose gradient goes straight through."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, function: Callable[[Tensor], Tensor]) -> Tensor:
        return function(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        return grad, None


class _Stopped(torch.autograd.Function):
    """A function behind which a gradient of 0 stays 0, whatever its derivative is."""

    @staticmethod
    def forward(ctx: Any, function: Callable[..., Tensor], *args: Tensor) -> Tensor:
        ctx.args = [arg.detach().requires_grad_() for arg in args]
        with torch.enable_grad():
            ctx.value = function(*ctx.args)
        value: Tensor = ctx.value.detach()
        return value

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        grads = torch.autograd.grad(ctx.value, ctx.args, grad)
        return None, *(torch.where(grad == 0, 0, found) for found in grads)


def _stopped(name: str, args: list[Any]) -> Any:
    """An operation that only choices read: a gradient of 0 goes no further."""
    places = [at for at, arg in enumerate(args) if isinstance(arg, Tensor)]
    shape = np.broadcast_shapes(*(tuple(args[at].shape) for at in places))

    def function(*given: Tensor) -> Tensor:
        whole = dict(zip(places, given, strict=True))
        value: Tensor = _OPS[name](*(whole.get(at, arg) for at, arg in enumerate(args)))
        return value

    return _Stopped.apply(function, *(args[at].expand(shape) for at in places))


def _tensors(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """``function`` with numbers among its arguments made tensors."""

    def call(*args: Any) -> Tensor:
        like = next(a for a in args if isinstance(a, Tensor) and a.is_floating_point())
        return function(*(a if isinstance(a, Tensor) else torch.full_like(like, a) for a in args))

    return call


def _clip(x: Tensor, low: Tensor, high: Tensor) -> Tensor:
    """x between its bounds, with the gradient of x on them too: torch.clamp has 0 there."""
    inside = (x >= low) & (x <= high)
    return torch.where(inside, x, torch.where(x < low, low, high))


_OPS: dict[str, Callable[..., Any]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": lambda a, b: a**b,
    "neg": lambda a: -a,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "where": torch.where,
    "max": _tensors(torch.maximum),
    "min": _tensors(torch.minimum),
    "clip": _tensors(_clip),
    "detach": lambda a: a.detach(),
    "round": lambda a: _Straight.apply(a, torch.round),
    "floor": lambda a: _Straight.apply(a, torch.floor),
    **{
        name: getattr(torch, name)
        for name in ("exp", "log", "sqrt", "sigmoid", "tanh", "abs", "relu", "sin", "cos")
    },
}


_STEEP = frozenset({"mul", "div", "pow", "exp", "log", "sqrt"})
"""Operations whose derivative may be infinite, or no number."""


class Stepper:
    """A neuron that is fed one step after the other, [B, ...], and keeps its states.

    ``parameters`` are its run-time numbers, each shaped to broadcast over one sample.
    """

    def __init__(self, neuron: Neuron, parameters: Mapping[str, Tensor]) -> None:
        self.step, self.spike = neuron.equations(), _spike(neuron)
        self.parameters, self.starts = parameters, neuron.start()
        self.states: dict[str, Any] = {}

    def __call__(self, inputs: list[Tensor]) -> Tensor:
        if not self.states:
            starts = {
                s: self.parameters[v] if isinstance(v, str) else v for s, v in self.starts.items()
            }
            self.states = {s: torch.zeros_like(inputs[0]) + v for s, v in starts.items()}
        read = dict(zip(self.step.inputs, inputs, strict=True))
        names = {**self.parameters, **self.states, **read}
        run(self.step, names, self.spike)
        self.states = {state: names[after] for state, after in self.step.next.items()}
        output: Tensor = names[self.step.output]
        # what reads parameters alone has the shape of a parameter
        return output.expand_as(inputs[0])


def run(step: Step, names: dict[str, Any], spike: Spike) -> None:
    """Evaluates the assignments of ``step`` into ``names``."""
    read = chosen(step)
    for assign in step.body:
        names[assign.name] = evaluate(assign.value, names, spike, assign.name in read)


def evaluate(
    expr: Expr,
    names: Mapping[str, Any],
    spike: Spike,
    chosen: bool = False,
) -> Any:
    """The value of ``expr``; ``chosen``: choices alone read it."""
    if isinstance(expr, Const):
        return expr.value
    if isinstance(expr, Var):
        return names[expr.name]
    within = chosen or expr.name in CHOICES
    args = [evaluate(arg, names, spike, within) for arg in expr.args]
    if expr.name == "where" and not any(isinstance(arg, Tensor) for arg in args[1:]):
        like = next(names[name] for name in read(expr) if isinstance(names[name], Tensor))
        args[1:] = [like.new_tensor(arg) for arg in args[1:]]
    if expr.name in SPIKES:
        return spike(*args, above=expr.name == SPIKE_ABOVE)
    if chosen and expr.name in _STEEP and any(isinstance(arg, Tensor) for arg in args):
        return _stopped(expr.name, args)
    return _OPS[expr.name](*args)


def _spike(neuron: Neuron) -> Spike:
    if not isinstance(neuron, SpikingNeuron):
        return heaviside
    gradient = neuron.surrogate.derivative()

    def spike(u: Tensor, above: bool = False) -> Tensor:
        fired: Tensor = _Spike.apply(u, gradient, above)
        return fired

    return spike


def heaviside(u: Tensor, above: bool = False) -> Tensor:
    """Θ(u): 1 at 0, unless only values ``above`` 0 are 1; 0 for NaN."""
    return (u > 0 if above else u >= 0).to(u)


class _Spike(torch.autograd.Function):
    """Θ(u); backwards the surrogate's expression over u."""

    @staticmethod
    def forward(ctx: Any, u: Tensor, gradient: Step, above: bool) -> Tensor:
        ctx.save_for_backward(u)
        ctx.gradient = gradient
        return heaviside(u, above)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        (u,) = ctx.saved_tensors
        names = {"u": u}
        run(ctx.gradient, names, heaviside)
        return grad * names[ctx.gradient.output], None, None
