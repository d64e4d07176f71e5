"""Parameters and buffers of operators, as PyTorch's modules, under the names of generated code."""

from collections.abc import Mapping
from functools import reduce
from typing import Any

import torch
from torch import Tensor, nn

from snnc.layer import Call, Operator
from snnc.neuron import Neuron
from snnc.number import Value
from snnc.shapes import Shape


def kept(operator: Operator, shapes: tuple[Shape, ...]) -> nn.Module | None:
    """The module that holds what ``operator`` learns and remembers, if it does."""
    if isinstance(operator, Neuron) or operator.run_time():
        return Numbers(operator.run_time(), shapes[0])
    found = operator.kept(*shapes)
    if found is None:
        return None
    module: nn.Module = _made(found.module)
    for path, (shape, start) in found.more.items():
        owner, _, name = path.rpartition(".")
        parameter = nn.Parameter(torch.full(shape, start))
        module.get_submodule(owner).register_parameter(name, parameter)
    return module


def resolve(call: Call) -> Any:
    """``nn.Conv2d`` or ``torch.cat`` by name; nothing is executed to find it."""
    start: Any = {"nn": nn, "torch": torch}[call.target.split(".")[0]]
    return reduce(getattr, call.target.split(".")[1:], start)


def _made(value: Any) -> Any:
    """A call carried out, and those among its arguments before it."""
    if isinstance(value, tuple) and any(isinstance(item, Call) for item in value):
        return [_made(item) for item in value]
    if not isinstance(value, Call):
        return value
    return resolve(value)(*map(_made, value.args), **value.keywords)


class Numbers(nn.Module):
    """``tau`` as ``tau`` or, with a range, as ``tau_raw``; a fixed one is a buffer."""

    def __init__(self, values: Mapping[str, Value], shape: Shape) -> None:
        super().__init__()
        self.values = values
        for name, value in self.values.items():
            start = _raw(_drawn(value, _size(value, shape)), value)
            if value.learnable:
                key = name if value.range is None else f"{name}_raw"
                self.register_parameter(key, nn.Parameter(start))
            else:
                self.register_buffer(name, start)

    def forward(self) -> dict[str, Tensor]:
        """Every number in its range, shaped to broadcast over a sample."""
        return {name: self._value(name, value) for name, value in self.values.items()}

    def _value(self, name: str, value: Value) -> Tensor:
        if value.range is None:
            return self.get_parameter(name) if value.learnable else self.get_buffer(name)
        raw, (low, high) = self.get_parameter(f"{name}_raw"), value.range
        if high == float("inf"):
            return low + torch.exp(-raw)
        return low + (high - low) * torch.sigmoid(raw)


def _size(value: Value, shape: Shape) -> Shape:
    if value.per == "channel":
        return (shape[0], *(1 for _ in shape[1:]))
    return shape if value.per == "neuron" else ()


def _drawn(value: Value, size: Shape) -> Tensor:
    if value.uniform is not None:
        low, high = value.uniform
        return torch.empty(size).uniform_(low, high)
    return torch.full(size, value.numbers[0])


def _raw(number: Tensor, value: Value) -> Tensor:
    """The inverse of the parametrisation."""
    if value.range is None:
        return number
    low, high = value.range
    if high == float("inf"):
        return -torch.log(number - low)
    return torch.logit((number - low) / (high - low))
