"""Weights under which a network fires, so that comparing it proves something.

A default-initialised network of integrate-and-fire neurons falls silent after a few layers: two
programs that differ would agree that nothing happens.
"""

from collections import deque
from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn

from snnc.graph import Graph
from snnc.neuron import Neuron
from snnc.reference import Reference

LOWEST, HIGHEST = 0.05, 0.95
_ROUNDS = 60


class Silent(Exception):
    """No scale of its weights was found at which the network fires."""


def make_fire(reference: Reference, data: Mapping[str, Tensor]) -> None:
    """Scales weights in place until every neuron's rate is within 5 to 95 %.

    Raises:
        Silent: a neuron cannot be brought there.
    """
    for node in reference.graph.nodes:
        if isinstance(node.operator, Neuron) and node.operator.fires:
            _tune(reference, data, node.path)


def rates(reference: Reference, data: Mapping[str, Tensor]) -> dict[str, float]:
    """How often each layer of neurons that fire does so, with whatever sign or number."""
    nodes = reference.graph.nodes
    with torch.no_grad():
        values = reference(**data)
    neurons = (n.path for n in nodes if isinstance(n.operator, Neuron) and n.operator.fires)
    fired = {path: torch.stack(values[path]) != 0 for path in neurons}
    return {path: float(spikes.double().mean()) for path, spikes in fired.items()}


def _tune(reference: Reference, data: Mapping[str, Tensor], path: str) -> None:
    driver = next(_drivers(reference, reference.graph, path), None)
    for _ in range(_ROUNDS):
        rate = rates(reference, data)[path]
        if LOWEST < rate < HIGHEST:
            return
        if driver is None:
            break
        _push(driver, 1.25 if rate <= LOWEST else 0.8, rate)
    raise Silent(f"{path} does not fire whatever its weights are scaled to")


def _push(driver: nn.Module, factor: float, rate: float) -> None:
    """Scales its weights; a layer that inhibits whatever its scale gets a bias or a sign instead.

    A normalisation that has one module a step has as many weights.
    """
    for module in driver.modules():
        _push_one(module, factor, rate)


def _push_one(module: nn.Module, factor: float, rate: float) -> None:
    weight, bias = getattr(module, "weight", None), getattr(module, "bias", None)
    with torch.no_grad():
        if isinstance(weight, Tensor):
            weight.mul_(factor)
        if isinstance(bias, Tensor):
            bias.add_(0.05 if rate <= LOWEST else -0.05)
        elif isinstance(weight, Tensor) and rate <= LOWEST:
            weight.add_(0.02 * weight.abs().mean())


def _drivers(reference: Reference, graph: Graph, path: str) -> Iterator[nn.Module]:
    """The modules with weights from which ``path`` is driven, nearest first."""
    modules, seen = dict(reference.named_modules()), {path}
    reached = deque([path])
    while reached:
        for ref in graph[reached.popleft()].inputs:
            module = modules.get(ref.node)
            operator = graph[ref.node].operator
            if (
                module is not None
                and not operator.carries()
                and any(map(_drives, module.modules()))
            ):
                yield module
            elif ref.node not in seen and not operator.carries():
                seen.add(ref.node)
                reached.append(ref.node)


def _drives(module: nn.Module) -> bool:
    """Whether it has what can be scaled: a delay has parameters, but no weight."""
    return isinstance(getattr(module, "weight", None), Tensor)
