"""A flat graph as the lines, the neurons and the weights of a spec."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snnc.escape import word
from snnc.exchange import Refused, Unusable
from snnc.exchange.entry import SpecLine
from snnc.exchange.nir import neurons, stateless
from snnc.exchange.nir.cycles import cyclic
from snnc.exchange.nir.flattening import Edge, FlatGraph
from snnc.exchange.nir.naming import NodeNames
from snnc.exchange.nir.neurons import NeuronKind
from snnc.exchange.nir.options import NirOptions
from snnc.exchange.nir.primitives import ELEMENTWISE
from snnc.exchange.nir.shapes import NodeShapes
from snnc.floats import LARGEST, SMALLEST
from snnc.shapes import Shape


@dataclass
class SpecParts:
    """Parts of a spec; ``inputs`` and ``outputs`` give names their shapes and sources."""

    inputs: dict[str, Shape] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, NeuronKind] = field(default_factory=dict)
    lines: list[SpecLine] = field(default_factory=list)
    weights: dict[str, NDArray[Any]] = field(default_factory=dict)


def translated(
    graph: FlatGraph,
    order: Sequence[str],
    late: Collection[Edge],
    shapes: Mapping[str, NodeShapes],
    options: NirOptions,
) -> SpecParts:
    """The parts of the spec. Raises Refused, Unusable."""
    made = _Translation(graph, late, shapes, options)
    for node in order:
        made.add(node)
    return made.parts


class _Translation:
    def __init__(
        self,
        graph: FlatGraph,
        late: Collection[Edge],
        shapes: Mapping[str, NodeShapes],
        options: NirOptions,
    ) -> None:
        self.graph, self.late, self.shapes, self.options = graph, late, shapes, options
        self.parts, self.free = SpecParts(), NodeNames()
        self.names = {node: self._named(node) for node in graph.nodes}
        self.around = cyclic(graph)

    def _named(self, node: str) -> str:
        kind = self.graph.nodes[node].kind
        ports = {"Input": self.graph.inputs, "Output": self.graph.outputs}.get(kind, ())
        return kind.lower() if len(ports) == 1 else self.free.new(node, _STEMS[kind])

    def add(self, node: str) -> None:
        """Puts a node behind those that it reads."""
        kind, name = self.graph.nodes[node].kind, self.names[node]
        if kind == "Input":
            self.parts.inputs[name] = self.shapes[node].writes
            return
        source = self._source(node)
        if kind == "Output":
            self.parts.outputs[name] = self._layer(source)
        elif kind == "Delay":
            self._delay(node, source)
        elif kind in ELEMENTWISE:
            self._neuron(node, source)
        else:
            made = stateless.piece(self.graph.nodes[node], self.shapes[node].reads)
            self._line(name, made.kind, made.fields, source)
            self.parts.weights |= {f"{name}.{key}": value for key, value in made.weights.items()}

    def _layer(self, source: str) -> str:
        """The source of an output, which is a layer at this time step."""
        if "@" not in source and source not in self.parts.inputs:
            return source
        name = self.free.new("same", "same")
        self._line(name, "Identity", {}, source)
        return name

    def _source(self, node: str) -> str:
        """The value that a node reads: that of its source, or the sum of several."""
        sources = [*self._sources(node)]
        if len(sources) == 1:
            return sources[0]
        name = self.free.new(f"{self.names[node]}_sum", "sum")
        self.parts.lines.append(SpecLine(name, "Add", {}, tuple(sources)))
        return name

    def _sources(self, node: str) -> Iterator[str]:
        edges = [edge for edge in self.graph.edges if edge[1] == node]
        found = [later(self.names[edge[0]], edge in self.late) for edge in edges]
        yield from sorted(found, key=lambda source: "@" in source)

    def _line(self, name: str, kind: str, fields: Mapping[str, object], source: str) -> None:
        self.parts.lines.append(SpecLine(name, kind, fields, (source,)))

    def _delay(self, node: str, source: str) -> None:
        name = self.names[node]
        steps = np.rint(np.asarray(self.graph.nodes[node].fields["delay"]) / self.options.dt)
        if (steps < 0).any():
            raise Unusable(f"node {word(node)} (Delay): its delay must not be less than 0")
        if node in self.around:
            self.names[node] = self._earlier(node, source, steps)
            return
        fields = {"delay": self._number(node, "delay", steps)}
        if isinstance(fields["delay"], dict):
            fields["max_delay"] = max(1, int(steps.max()))
        self._line(name, "Delay", fields, source)

    def _earlier(self, node: str, source: str, steps: NDArray[Any]) -> str:
        """A Delay in a cycle is no layer, but an edge of so many steps."""
        if np.unique(steps).size > 1:
            raise Refused(f"{node}: a Delay in a cycle needs one delay for all of its elements")
        return later(source, int(steps.flat[0]))

    def _neuron(self, node: str, source: str) -> None:
        found = self.graph.nodes[node]
        kind = neurons.kind(found.kind, self.options)
        self.parts.kinds[kind.name] = kind
        numbers = neurons.numbers(node, found, self.options)
        fields = {key: self._number(node, key, value) for key, value in numbers.items()}
        if fields.get("v_reset") == 0.0:
            del fields["v_reset"]
        if "v_threshold" in numbers and self.options.reset == "soft" and "reset(" in kind.step:
            fields["reset"] = "soft"
        if "spike(" in kind.step and self.options.fires == "above":
            fields["fires"] = "above"
        if self.options.start == "v_leak" and "v_leak" in numbers:
            fields["initial"] = {"v": self._number(node, "v_start", numbers["v_leak"])}
        self._line(self.names[node], kind.name, fields, source)

    def _number(self, node: str, key: str, value: NDArray[Any]) -> object:
        """One number, or a place for one each neuron, whose numbers are among the weights."""
        different = np.unique(value)
        lost = different[
            (np.abs(different) > LARGEST) | ((different != 0) & (abs(different) < SMALLEST))
        ]
        if lost.size:
            raise Unusable(f"node {word(node)}: {key} is {lost[0]:g}, which float32 does not hold")
        if different.size == 1:
            return float(different[0])
        shape = self.shapes[node].reads
        whole = np.ascontiguousarray(np.broadcast_to(value, shape), np.float64)
        self.parts.weights[f"{self.names[node]}.{key}"] = whole
        return {"value": float(different[0]), "per": "neuron"}


def later(source: str, steps: int) -> str:
    """A value some steps earlier: ``lif``, ``lif@-1``."""
    name, _, before = source.partition("@-")
    delay = int(before or 0) + steps
    return f"{name}@-{delay}" if delay else name


_STEMS = {
    "Input": "input",
    "Output": "output",
    "Affine": "fc",
    "Linear": "fc",
    "Conv1d": "conv",
    "Conv2d": "conv",
    "SumPool2d": "pool",
    "AvgPool2d": "pool",
    "Flatten": "flatten",
    "Delay": "delay",
    "Scale": "scale",
    "Threshold": "threshold",
    "I": "i",
    "IF": "neuron",
    "LI": "li",
    "LIF": "lif",
    "CubaLI": "cubali",
    "CubaLIF": "cubalif",
}
