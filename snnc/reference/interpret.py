"""A neuron's equations evaluated on tensors, one step after the other, by autograd's rules."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from snnc.neuron import Neuron, SpikingNeuron
from snnc.step.ssa import Const, Expr, Var

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
    "detach": lambda a: a.detach(),
    **{
        name: getattr(torch, name)
        for name in ("exp", "log", "sqrt", "sigmoid", "tanh", "abs", "relu", "sin", "cos")
    },
}


def run_step(neuron: Neuron, x: list[Tensor]) -> list[Tensor]:
    """The neuron's output at every step for its input at every step."""
    step = neuron.equations()
    states: dict[str, Any] = {s: torch.full_like(x[0], v) for s, v in neuron.start().items()}
    outputs = []
    for x_t in x:
        names = {**states, "x": x_t}
        for assign in step.body:
            names[assign.name] = evaluate(assign.value, names, _spike(neuron))
        states = {state: names[after] for state, after in step.next.items()}
        outputs.append(names[step.output])
    return outputs


def evaluate(expr: Expr, names: Mapping[str, Any], spike: Callable[[Tensor], Tensor]) -> Any:
    """The value of ``expr``."""
    if isinstance(expr, Const):
        return expr.value
    if isinstance(expr, Var):
        return names[expr.name]
    args = [evaluate(arg, names, spike) for arg in expr.args]
    return spike(*args) if expr.name == "spike" else _OPS[expr.name](*args)


def _spike(neuron: Neuron) -> Callable[[Tensor], Tensor]:
    if not isinstance(neuron, SpikingNeuron):
        return lambda u: (u >= 0).to(u)
    gradient = neuron.surrogate.derivative()
    return lambda u: _Spike.apply(u, gradient)


class _Spike(torch.autograd.Function):
    """Θ(u), 1 at 0; backwards the surrogate's expression over u."""

    @staticmethod
    def forward(ctx: Any, u: Tensor, gradient: Expr) -> Tensor:
        ctx.save_for_backward(u)
        ctx.gradient = gradient
        return (u >= 0).to(u)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        (u,) = ctx.saved_tensors
        return grad * evaluate(ctx.gradient, {"u": u}, lambda v: v), None
