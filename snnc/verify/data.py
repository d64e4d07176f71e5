"""The data of both sides: inputs, and the state of the parameters."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from snnc.encoder import Encoder
from snnc.graph.types import Graph
from snnc.reference import Reference
from snnc.reference.parameters import Numbers

HIGHEST = 0.875
"""The largest input: 1 - 2^-3, so that encoders into three bits take it too."""


def inputs(
    graph: Graph, steps: int, batch: int, dtype: torch.dtype, seed: int
) -> dict[str, Tensor]:
    """Random data in [0, 7/8] for every input; in float32 they are multiples of 1/8."""
    random = torch.Generator().manual_seed(seed)
    found = {}
    for name in graph.inputs:
        lead = (steps, batch) if timed(graph, name) else (batch,)
        x = torch.rand(*lead, *graph[name].shapes[0], generator=random, dtype=torch.float64)
        x = x * HIGHEST
        found[name] = (torch.round(x * 8) / 8 if dtype == torch.float32 else x).to(dtype)
    return found


def timed(graph: Graph, name: str) -> bool:
    """Whether the data of an input has a time axis."""
    operator = graph[name].operator
    return isinstance(operator, Encoder) and operator.timed_data


def arguments(data: Mapping[str, Tensor]) -> tuple[Tensor, ...]:
    """A lone input is passed by position, several by name."""
    return tuple(data.values()) if len(data) == 1 else ()


def keywords(data: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
    """The others."""
    return {} if len(data) == 1 else data


def other(data: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Other data from the same range, for a second call."""
    return {name: HIGHEST - x for name, x in data.items()}


def vary(reference: Reference, seed: int) -> None:
    """Scales and shifts of normalisations that are not the defaults, 1 and 0."""
    random = torch.Generator().manual_seed(seed)
    for norm in _norms(reference):
        if norm.weight is not None:
            norm.weight.data.mul_(0.5 + torch.rand(norm.weight.shape, generator=random))
        if norm.bias is not None:
            norm.bias.data.add_(0.1 * torch.randn(norm.bias.shape, generator=random))


def refresh(reference: Reference, data: Mapping[str, Tensor], seed: int) -> None:
    """Running statistics near those of ``data``: in eval mode neurons fire about as often.

    Near, and not equal, so that using one for the other makes a difference.
    """
    norms = [norm for norm in _norms(reference) if norm.running_var is not None]
    usual = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 1.0
    with torch.no_grad():
        reference(**data)
    random = torch.Generator().manual_seed(seed)
    for norm, momentum in zip(norms, usual, strict=True):
        norm.momentum = momentum
        _blur(norm.running_mean, norm.running_var, random)


def _norms(reference: Reference) -> list[Any]:
    return [module for module in reference.modules() if hasattr(module, "running_var")]


def _blur(mean: Tensor, var: Tensor, random: torch.Generator) -> None:
    mean.add_(0.1 * var.sqrt() * torch.randn(mean.shape, generator=random).to(mean))
    var.mul_(0.75 + 0.5 * torch.rand(var.shape, generator=random).to(var))


def make_dyadic(reference: Reference) -> None:
    """Rounds every number to few binary digits, in place: then sums are exact in any order.

    Weights become multiples of 1/16, or of a smaller power of two where they are small. A variance
    becomes a power of 4 less eps, so that dividing by its root is exact as well.
    """
    with torch.no_grad():
        for module in reference.modules():
            for name, number in [*_own(module)]:
                if name != "num_batches_tracked" and not _in_a_range(module, name):
                    _round(module, name, number)


def _in_a_range(module: nn.Module, name: str) -> bool:
    """Whether it stands for a number in a range, which is never exact."""
    return isinstance(module, Numbers) and name not in module.values


def _own(module: nn.Module) -> list[tuple[str, Tensor]]:
    """The parameters and buffers of a module itself, without those of its children."""
    return [*module.named_parameters(recurse=False), *module.named_buffers(recurse=False)]


def _round(module: nn.Module, name: str, number: Tensor) -> None:
    eps = getattr(module, "eps", None)
    if name == "running_var" and isinstance(eps, float):
        root = torch.round(torch.log2(number + eps) / 2)
        number.copy_(4.0**root - eps)
        return
    largest = float(number.abs().max()) if number.numel() else 0.0
    digits = max(4, 3 - torch.tensor(largest).log2().floor().int().item()) if largest else 4
    unit = 2.0**-digits
    steps = torch.trunc(number / unit)  # rounding twice is rounding once
    number.copy_(torch.where((steps == 0) & (number > 0), 1.0, steps) * unit)
