"""Weights under which a network fires, so that comparing it proves something.

A default-initialised network of integrate-and-fire neurons falls silent after a few layers: two
programs that differ would agree that nothing happens.
"""

from collections import Counter, deque
from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn

from snnc.graph import Graph, Node
from snnc.neuron import Neuron
from snnc.reference import Reference

LOWEST, HIGHEST = 0.05, 0.95
_ROUNDS = 60


def make_fire(reference: Reference, data: Mapping[str, Tensor]) -> dict[str, float]:
    """Scales weights in place until every neuron's rate is within 5 to 95 %.

    Returns the rates of the layers of neurons for which no scale was found.
    """
    above = _above(reference.graph)
    tries: Counter[str] = Counter()
    while True:
        now = rates(reference, data)
        off = [path for path, rate in now.items() if not LOWEST < rate < HIGHEST]
        open = [path for path in off if tries[path] < _ROUNDS]
        # what lies behind a neuron that is still to be tuned has to wait for it
        ready = [path for path in open if not above[path] & {*open}] or open[:1]
        if not ready:
            return {path: now[path] for path in off}
        for path in ready:
            driven = _tune(reference, path, now[path])
            tries[path] = tries[path] + 1 if driven else _ROUNDS


def rates(reference: Reference, data: Mapping[str, Tensor]) -> dict[str, float]:
    """How often each layer of neurons that fire does so, with whatever sign or number."""
    with torch.no_grad():
        values = reference(**data)
    fired = {n.path: torch.stack(values[n.path]) != 0 for n in firing(reference.graph)}
    return {path: float(spikes.double().mean()) for path, spikes in fired.items()}


def firing(graph: Graph) -> Iterator[Node]:
    """The neurons that fire."""
    for node in graph.nodes:
        if isinstance(node.operator, Neuron) and node.operator.fires:
            yield node


def _above(graph: Graph) -> dict[str, frozenset[str]]:
    """All that is upstream of every node within one step."""
    above: dict[str, frozenset[str]] = {}
    for node in graph.nodes:
        direct = [ref.node for ref in node.inputs if not ref.delay]
        above[node.path] = frozenset(direct).union(*(above.get(path, ()) for path in direct))
    return above


def _tune(reference: Reference, path: str, rate: float) -> bool:
    """Changes what drives a neuron; False if nothing with weights does."""
    driver = next(_drivers(reference, path), None)
    if driver is not None:
        _push(driver, 1.25 if rate <= LOWEST else 0.8, rate)
    return driver is not None


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


def _drivers(reference: Reference, path: str) -> Iterator[nn.Module]:
    """The modules with weights from which ``path`` is driven, nearest first."""
    graph, modules = reference.graph, dict(reference.named_modules())
    seen, reached = {path}, deque([path])
    while reached:
        for ref in graph[reached.popleft()].inputs:
            module = modules.get(ref.node)
            operator = graph[ref.node].operator
            neuron = isinstance(operator, Neuron) and operator.carries()
            if neuron or ref.node in seen:
                continue
            if module is not None and any(map(_drives, module.modules())):
                yield module
            seen.add(ref.node)
            reached.append(ref.node)


def _drives(module: nn.Module) -> bool:
    """Whether it has what can be scaled: a delay has parameters, but no weight."""
    return isinstance(getattr(module, "weight", None), Tensor)
