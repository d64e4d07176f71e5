"""Which values float32 computes without rounding: those must be equal to the last bit.

Nothing is assumed about kinds. The reference is run in float32 and in float64 on the same dyadic
numbers; what comes out the same, inside of neurons too, was not rounded.
"""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor

from snnc.graph.types import Graph, Node
from snnc.neuron import Neuron
from snnc.reference import Reference, graph_of
from snnc.reference.interpret import heaviside, run
from snnc.verify.data import make_dyadic

Values = Mapping[str, Any]
"""Of every path the T values, or a readout's one."""


def exact(reference: Reference, data: Mapping[str, Tensor], seed: int) -> frozenset[str]:
    """The paths of the values that are exact in float32, as everything is that they depend on."""
    double = copy.deepcopy(reference).double()
    make_dyadic(double)  # a variance less eps is another number there
    ours = _values(reference, data, seed)
    theirs = _values(double, {name: x.double() for name, x in data.items()}, seed)
    nodes = graph_of(reference).nodes
    found = {
        node.path
        for node in nodes
        if _equal(ours[node.path], theirs[node.path])
        and (not isinstance(node.operator, Neuron) or _inside(node, reference, double, ours))
    }
    return _closed(graph_of(reference), found)


def _values(reference: Reference, data: Mapping[str, Tensor], seed: int) -> Values:
    torch.default_generator.manual_seed(seed)
    with torch.no_grad():
        found: Values = reference(**data)
    return found


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, Tensor):
        return torch.equal(a.double(), b.double())
    return all(torch.equal(x.double(), y.double()) for x, y in zip(a, b, strict=True))


def _closed(graph: Graph, found: set[str]) -> frozenset[str]:
    """The set without members that depend on anything outside it."""
    while True:
        kept = {path for path in found if all(ref.node in found for ref in graph[path].inputs)}
        if kept == found:
            return frozenset(found)
        found = kept


def _inside(node: Node, single: Reference, double: Reference, values: Values) -> bool:
    """Whether a neuron's equations are exact at every step, on the inputs that it has."""
    inputs = [delayed(values[ref.node], ref.delay) for ref in node.inputs]
    ours = _steps(node, single, inputs)
    theirs = _steps(node, double, [[x.double() for x in steps] for steps in inputs])
    both = zip(ours, theirs, strict=True)
    return all(_equal([a[n] for n in a], [b[n] for n in a]) for a, b in both)


def delayed(steps: list[Tensor], delay: int) -> list[Tensor]:
    """The value ``delay`` steps earlier, 0 before the first."""
    return [torch.zeros_like(steps[0])] * min(delay, len(steps)) + steps[: len(steps) - delay]


def _steps(node: Node, side: Reference, inputs: list[list[Tensor]]) -> Iterator[dict[str, Tensor]]:
    """All that a neuron's equations compute, step by step."""
    neuron = node.operator
    assert isinstance(neuron, Neuron)
    step, numbers = neuron.equations(), side.get_submodule(node.path)()
    zero = torch.zeros_like(inputs[0][0])
    starts = {s: numbers[v] if isinstance(v, str) else v for s, v in neuron.start().items()}
    states = {s: zero + v for s, v in starts.items()}
    for at_t in zip(*inputs, strict=True):
        names = {**numbers, **states, **dict(zip(step.inputs, at_t, strict=True))}
        with torch.no_grad():
            run(step, names, heaviside)
        yield {name: value for name, value in names.items() if isinstance(value, Tensor)}
        states = {state: names[after] for state, after in step.next.items()}
