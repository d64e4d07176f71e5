"""Observations of a network: outputs, values, gradients and statistics of a few calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from snnc.graph.types import Graph
from snnc.reference import Reference, graph_of
from snnc.verify.data import arguments, keywords, other

Tensors = dict[str, Tensor]


@dataclass(frozen=True)
class Observed:
    """Observations of two calls on different data before one backward, and of a third after it.

    ``outputs`` are those of the first two. ``gradients`` are those of a random weighting of the
    outputs by inputs and parameters. ``statistics`` are the buffers then, ``values`` all values of
    the third call.
    """

    outputs: Tensors
    gradients: Tensors
    statistics: Tensors
    values: Tensors


class Side(Protocol):
    """A network that can be compared: its module, and how it is called."""

    @property
    def module(self) -> nn.Module: ...

    def outputs(self, data: Mapping[str, Tensor]) -> Tensors:
        """Every output by its name."""
        ...

    def values(self, data: Mapping[str, Tensor]) -> Tensors:
        """Every value by its path, [T, B, ...] or, if it is static, [B, ...]."""
        ...


@dataclass(frozen=True)
class Generated:
    """A module that snnc wrote."""

    module: nn.Module
    graph: Graph

    def outputs(self, data: Mapping[str, Tensor]) -> Tensors:
        got: Any = self.module(*arguments(data), **keywords(data))
        names = self.graph.outputs
        return dict(zip(names, (got,) if len(names) == 1 else got, strict=True))

    def values(self, data: Mapping[str, Tensor]) -> Tensors:
        values: Any = self.module.values
        found: Tensors = values(*arguments(data), **keywords(data))
        return found


@dataclass(frozen=True)
class Naive:
    """The reference interpreter."""

    module: Reference

    def outputs(self, data: Mapping[str, Tensor]) -> Tensors:
        values = self.module(**data)
        return {name: _stacked(values[name]) for name in graph_of(self.module).outputs}

    def values(self, data: Mapping[str, Tensor]) -> Tensors:
        with torch.no_grad():
            return {path: _stacked(value) for path, value in self.module(**data).items()}


def see(side: Side, data: Mapping[str, Tensor], seed: int) -> Observed:
    """Runs it: twice, then backward, then once more."""
    calls = [_leaves(data), _leaves(other(data))]
    outputs: Tensors = {}
    for number, given in enumerate(calls, 1):
        torch.default_generator.manual_seed(seed + number)
        outputs |= {_of_call(n, number): y for n, y in side.outputs(given).items()}
    wrt = {_of_call(n, i): x for i, given in enumerate(calls, 1) for n, x in given.items()}
    gradients = _gradients(outputs, wrt | dict(side.module.named_parameters()), seed)
    statistics = {name: _there(b) for name, b in side.module.named_buffers()}
    torch.default_generator.manual_seed(seed)
    values = {path: _there(value) for path, value in side.values(data).items()}
    return Observed({n: _there(y) for n, y in outputs.items()}, gradients, statistics, values)


def unseen(side: Side, data: Mapping[str, Tensor]) -> Tensors:
    """The outputs of one call that records nothing for a backward pass."""
    with torch.no_grad():
        return side.outputs(data)


def _of_call(name: str, number: int) -> str:
    return name if number == 1 else f"{name} of the second call"


def _leaves(data: Mapping[str, Tensor]) -> Tensors:
    return {name: x.detach().clone().requires_grad_() for name, x in data.items()}


def _there(x: Tensor) -> Tensor:
    """A copy in the CPU's memory."""
    return x.detach().cpu().clone()


def _gradients(outputs: Tensors, wrt: Tensors, seed: int) -> Tensors:
    """The gradients of the sum of all outputs, each number weighted at random, by ``wrt``."""
    random = torch.Generator().manual_seed(seed)
    terms = []
    for y in outputs.values():
        weights = torch.randn(y.shape, generator=random, dtype=torch.float64)
        terms.append((y * weights.to(y)).sum())
    loss = torch.stack(terms).sum()
    found: Sequence[Tensor | None] = [None] * len(wrt)
    if loss.requires_grad and wrt:
        found = torch.autograd.grad(loss, [*wrt.values()], allow_unused=True)
    pairs = zip(wrt.items(), found, strict=True)
    return {name: _there(torch.zeros_like(x) if g is None else g) for (name, x), g in pairs}


def _stacked(value: Tensor | list[Tensor]) -> Tensor:
    return value if isinstance(value, Tensor) else torch.stack(value)
