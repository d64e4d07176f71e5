"""One step of a neuron as nodes of ONNX: its kernel's equations, one node an operation."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from snnc.exchange.onnx_export.builder import FLOAT, Builder, array
from snnc.exchange.unsaid import Unsaid
from snnc.graph.types import Node
from snnc.kernel.build import kernel
from snnc.neuron import Neuron
from snnc.reference.interpret import evaluate
from snnc.step.ssa import Const, Expr, Var

_OPS = {
    "add": "Add",
    "sub": "Sub",
    "mul": "Mul",
    "div": "Div",
    "pow": "Pow",
    "neg": "Neg",
    "exp": "Exp",
    "log": "Log",
    "sqrt": "Sqrt",
    "sigmoid": "Sigmoid",
    "tanh": "Tanh",
    "abs": "Abs",
    "relu": "Relu",
    "sin": "Sin",
    "cos": "Cos",
    "floor": "Floor",
    "round": "Round",
    "max": "Max",
    "min": "Min",
    "where": "Where",
    "lt": "Less",
    "le": "LessOrEqual",
    "gt": "Greater",
    "ge": "GreaterOrEqual",
    "eq": "Equal",
}
"""``round`` is half to even in both; max and min hand NaN on in both."""

_SPIKES = {"spike": "GreaterOrEqual", "spike_above": "Greater"}


class StepWriter:
    """The equations of one neuron, with its numbers as constants."""

    def __init__(self, node: Node, module: Any) -> None:
        assert isinstance(node.operator, Neuron)
        self.node, self._kernel = node, kernel("neuron", node.operator)
        numbers: Mapping[str, Tensor] = module() if module is not None else {}
        self._terms = {
            term.name: _term(lifted.value, numbers)
            for term, lifted in zip(self._kernel.terms, self._kernel.lifted, strict=True)
        }
        self.states = {
            f"{node.path}.{state}": _start(value, numbers)
            for state, value in node.operator.start().items()
        }

    def written(
        self, b: Builder, inputs: Sequence[str], states: Sequence[str]
    ) -> tuple[str, tuple[str, ...]]:
        """The output of a step and the states after it."""
        step = self._kernel.step
        values = dict(zip(step.inputs, inputs, strict=True))
        values |= dict(zip(step.states, states, strict=True))
        values |= {
            name: b.weight(term, f"{self.node.path}.{name}") for name, term in self._terms.items()
        }
        for assign in step.body:
            values[assign.name] = self._value(b, assign.value, values, assign.source)
        after = tuple(values[step.next.get(state, state)] for state in step.states)
        return values[step.output], after

    def _value(self, b: Builder, expr: Expr, values: Mapping[str, str], name: str) -> str:
        if isinstance(expr, Const):
            return b.weight(expr.value)
        if isinstance(expr, Var):
            return values[expr.name]
        args = [self._value(b, arg, values, expr.name) for arg in expr.args]
        wanted = f"{self.node.path}.{name}"
        if expr.name in _SPIKES:
            fires = b.op(_SPIKES[expr.name], args[0], b.weight(0.0))
            return b.op("Cast", fires, name=wanted, to=FLOAT)
        if expr.name == "detach":
            return args[0]
        if expr.name == "clip":
            return b.op("Min", b.op("Max", args[0], args[1]), args[2], name=wanted)
        if expr.name == "ne":
            return b.op("Not", b.op("Equal", *args), name=wanted)
        if expr.name not in _OPS:
            raise Unsaid(f"the function {expr.name} of its equations has no ONNX form")
        return b.op(_OPS[expr.name], *args, name=wanted)


def _term(expr: Expr, numbers: Mapping[str, Tensor]) -> NDArray[Any]:
    """A term of parameters alone, computed as the network computes it: in float32."""
    with torch.no_grad():
        found = evaluate(expr, numbers, lambda u: (u >= 0).to(u))
    return array(found) if isinstance(found, Tensor) else np.asarray(found, np.float32)


def _start(value: float | str, numbers: Mapping[str, Tensor]) -> NDArray[Any]:
    return array(numbers[value]) if isinstance(value, str) else np.asarray(value, np.float32)
