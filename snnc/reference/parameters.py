"""The run-time numbers of a neuron as PyTorch parameters, under the names of generated code."""

import torch
from torch import Tensor, nn

from snnc.layer import Shape
from snnc.neuron import Neuron
from snnc.number import Value


class Numbers(nn.Module):
    """``tau`` as ``tau`` or, with a range, as ``tau_raw``; a fixed one is a buffer."""

    def __init__(self, neuron: Neuron, shape: Shape) -> None:
        super().__init__()
        self.values = neuron.run_time()
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
