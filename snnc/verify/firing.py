"""Weights under which a network fires, so that comparing it proves something.

A default-initialised network of integrate-and-fire neurons falls silent after a few layers: two
programs that differ would agree that nothing happens.
"""

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from snnc.graph.types import Graph, Node
from snnc.neuron import Neuron
from snnc.reference import Reference, graph_of

LOWEST, HIGHEST = 0.05, 0.95
_ROUNDS = 60
_PATIENCE = 30


def make_fire(reference: Reference, data: Mapping[str, Tensor]) -> dict[str, float]:
    """Scales weights in place until every neuron's rate is within 5 to 95 %.

    Returns the rates of the layers of neurons for which no scale was found.
    """
    above = _above(graph_of(reference))
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
            driven = _tune(reference, path, now[path], tries[path])
            tries[path] = tries[path] + 1 if driven else _ROUNDS


def rates(reference: Reference, data: Mapping[str, Tensor]) -> dict[str, float]:
    """The firing rate of each layer of neurons, whatever the sign or number of its spikes."""
    with torch.no_grad():
        values = reference(**data)
    fired = {n.path: torch.stack(values[n.path]) != 0 for n in firing(graph_of(reference))}
    return {path: float(spikes.double().mean()) for path, spikes in fired.items()}


def firing(graph: Graph) -> Iterator[Node]:
    """The neurons that fire."""
    return filter(_fires, graph.nodes)


def _fires(node: Node) -> bool:
    return isinstance(node.operator, Neuron) and node.operator.spiking


def _above(graph: Graph) -> dict[str, frozenset[str]]:
    """All that is upstream of every node within one step."""
    above: dict[str, frozenset[str]] = {}
    for node in graph.nodes:
        direct = [ref.node for ref in node.inputs if not ref.delay]
        above[node.path] = frozenset(direct).union(*(above.get(path, ()) for path in direct))
    return above


def _tune(reference: Reference, path: str, rate: float, tries: int) -> bool:
    """Changes what drives a neuron; False if nothing with weights does."""
    driver = next(_drivers(reference, path), ())
    with torch.no_grad():
        for module in driver:
            if rate >= HIGHEST:
                _calm(module)
            elif tries < _PATIENCE or module.bias is None:
                _excite(module)
            else:
                _lift(module)
    return bool(driver)


def _calm(module: Any) -> None:
    """Smaller weights, a lower bias."""
    module.weight.mul_(0.8)
    if module.bias is not None:
        module.bias.sub_(0.05 + 0.2 * module.bias.clamp(min=0.0))


def _excite(module: Any) -> None:
    """Larger weights, and a bias or, without one, somewhat more positive weights."""
    module.weight.mul_(1.25)
    if module.bias is not None:
        module.bias.add_(0.05)
    else:
        module.weight.add_(0.02 * module.weight.abs().mean())


def _lift(module: Any) -> None:
    """A layer that inhibits whatever its scale gets a bias of the size of what it sums."""
    module.bias.add_(0.25 * module.weight.abs().sum() / len(module.weight))


def _drivers(reference: Reference, path: str) -> Iterator[Sequence[nn.Module]]:
    """The layers from which ``path`` is driven, nearest first, each as its modules with weights."""
    graph, modules = graph_of(reference), dict(reference.named_modules())
    seen, reached = {path}, deque([path])
    while reached:
        for ref in graph[reached.popleft()].inputs:
            if ref.node in seen or _fires(graph[ref.node]):
                continue
            if weighted := _weighted(modules.get(ref.node)):
                yield weighted
            seen.add(ref.node)
            reached.append(ref.node)


def _weighted(module: nn.Module | None) -> list[nn.Module]:
    """Layers that sum, of a module and those inside: PReLU has a slope and no bias."""
    inside = module.modules() if module is not None else ()
    with_weight = (m for m in inside if isinstance(getattr(m, "weight", None), Tensor))
    return [module for module in with_weight if hasattr(module, "bias")]
