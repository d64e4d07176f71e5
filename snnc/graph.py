"""Spec into graph: every operator by its path, what it reads, and every shape, without torch."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from snnc.analysis.cycles import components
from snnc.document import Document
from snnc.inference import Entry, infer
from snnc.layer import Layer, Operator, Shape, ShapeError
from snnc.names import class_name
from snnc.neuron import Neuron
from snnc.past import Past
from snnc.source.diagnostic import Diagnostic, Findings
from snnc.source.nearest import nearest
from snnc.source.tree import Path

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True)
class Ref:
    """A value that is read: a node's, ``delay`` steps earlier (0 before the first)."""

    node: str
    port: str = ""
    delay: int = 0

    @property
    def value(self) -> str:
        """Its name among values: ``hidden``, ``hidden@-1``."""
        return f"{self.node}@-{self.delay}" if self.delay else self.node


@dataclass(frozen=True)
class Node:
    """An operator in its place. ``at`` is where the document states it."""

    path: str
    operator: Operator
    inputs: tuple[Ref, ...]
    shapes: tuple[Shape, ...]
    shape: Shape
    at: Path

    @property
    def reads(self) -> tuple[str, ...]:
        """The values that it reads; an encoder reads data."""
        return tuple(ref.value for ref in self.inputs) or (f"{self.path}.data",)


@dataclass(frozen=True)
class Graph:
    """The network: encoders, layers and readouts in the order of the document.

    ``inputs`` and ``outputs`` name the encoder and readout nodes; an encoder reads data, which is
    no node.
    """

    name: str
    doc: str
    time_steps: int
    nodes: tuple[Node, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    def __getitem__(self, path: str) -> Node:
        return self._by_path[path]

    @cached_property
    def _by_path(self) -> Mapping[str, Node]:
        return {node.path: node for node in self.steps}

    @cached_property
    def steps(self) -> tuple[Node, ...]:
        """The nodes, and before the first reader of each delayed value the delay itself."""
        known = {node.path: node for node in self.nodes}
        found: dict[str, Node] = {}
        for node in self.nodes:
            for ref in node.inputs:
                if ref.delay and ref.value not in found:
                    found[ref.value] = _past(ref, known[ref.node], node)
            found[node.path] = node
        return tuple(found.values())

    @cached_property
    def edges(self) -> "nx.MultiDiGraph[str]":
        """The same as networkx sees it; each edge carries its delay and its position."""
        import networkx as nx

        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        graph.add_nodes_from(node.path for node in self.nodes)
        for node in self.nodes:
            for position, ref in enumerate(node.inputs):
                graph.add_edge(ref.node, node.path, delay=ref.delay, position=position)
        return graph


def _past(ref: Ref, source: Node, reader: Node) -> Node:
    operator, inputs = Past(steps=ref.delay), (Ref(ref.node),)
    return Node(ref.value, operator, inputs, (source.shape,), source.shape, reader.at)


def build(document: Document) -> Graph:
    """The graph of a document.

    Raises:
        Findings: names are unknown or taken, shapes do not fit; all that could be told apart.
    """
    builder = _Builder(document)
    builder.run()
    if builder.findings:
        raise Findings(*builder.findings)
    spec = document.spec
    nodes = tuple(builder.nodes.values())
    return Graph(
        spec.name, spec.doc, spec.time_steps, nodes, tuple(spec.inputs), tuple(spec.outputs)
    )


class _Builder:
    """Goes through the document once; a node whose inputs are in doubt is left out quietly."""

    def __init__(self, document: Document) -> None:
        self.document, self.spec = document, document.spec
        self.nodes: dict[str, Node] = {}
        self.entries: list[tuple[Entry, tuple[Ref, ...]]] = []
        self.known: dict[str, Path] = {}
        self.findings: list[Diagnostic] = []
        self.layers = default_names(self.spec.network.layers)

    def run(self) -> None:
        self.inputs()
        for index, (name, layer) in enumerate(self.layers):
            self.layer(index, name, layer)
        for name, output in self.spec.outputs.items():
            at = self.section("output", name)
            source = output.source or self.layers[-1][0]
            refs = self.refs((source,), at)
            self.declare(name, at)
            self.add(name, output.readout, refs, at)
        self.shapes()
        self.cycles()
        self.steps()
        self.train()
        self.generated()

    def section(self, singular: str, name: str) -> Path:
        """Where an input or an output stands: ``[input]`` or ``[inputs.NAME]``."""
        plural = f"{singular}s"
        return (plural, name) if plural in self.document.tree.table else (singular,)

    def inputs(self) -> None:
        for name, data in self.spec.inputs.items():
            at = self.section("input", name)
            self.declare(name, at)
            self.add(name, data.encoder, (), at, data.shape)

    def steps(self) -> None:
        stated = self.spec.time_steps
        for name, data in self.spec.inputs.items():
            fixed = data.encoder.steps(data.shape) if name in self.nodes else None
            if fixed is not None and fixed != stated:
                message = f"`time_steps` is {stated}, but the input has {fixed} steps"
                help = f"write `time_steps = {fixed}`"
                self.fail(("time_steps",), "SNN305", "bad-time-steps", message, help)

    def layer(self, index: int, name: str, layer: Layer) -> None:
        at = ("network", "layers", index)
        sources = layer.sources or self.above(index, at)
        refs = self.refs(sources, at)
        self.declare(name, (*at, "name") if layer.name else at)
        if refs is not None and self.ports(layer, len(refs), at):
            self.add(name, layer, refs, at)

    def above(self, index: int, at: Path) -> tuple[str, ...]:
        if index:
            return (self.layers[index - 1][0],)
        if len(self.spec.inputs) == 1:
            return tuple(self.spec.inputs)
        message = "with several inputs the first layer has to say which one it reads"
        self.fail(at, "SNN301", "unknown-name", message, 'write `from = "…"`')
        return ("",)

    def refs(self, sources: tuple[str, ...], at: Path) -> tuple[Ref, ...] | None:
        found = [self.ref(source, (*at, "from")) for source in sources if source]
        return tuple(ref for ref in found if ref) if all(found) and found else None

    def ref(self, source: str, at: Path) -> Ref | None:
        name, _, delay = source.partition("@-")
        if name in self.known or (delay and name in dict(self.layers)):
            return Ref(name, delay=int(delay or 0))
        if name in dict(self.layers):
            message = f"`{name}` comes later in the list: an edge leads down only with a delay"
            self.fail(at, "SNN306", "cycle", message, f'write "{name}@-1" for its value a step ago')
        else:
            guess = nearest(name, [*self.known])
            help = f"did you mean `{guess}`?" if guess else None
            self.fail(at, "SNN301", "unknown-name", f"there is no layer `{name}`", help)
        return None

    def ports(self, layer: Layer, count: int, at: Path) -> bool:
        want = layer.ports
        if want == count or (want is None and count > 1):
            return True
        words = {None: "two or more inputs", 1: "one input"}.get(want, f"{want} inputs")
        message = f"{layer.kind} takes {words}, not {count}"
        help = 'name them: `from = ["a", "b"]`' if want is None else "join them by Add or Concat"
        self.fail((*at, "from"), "SNN304", "wrong-inputs", message, help)
        return False

    def declare(self, name: str, at: Path) -> None:
        if name in self.known:
            first = self.document.place(*self.known[name]).start.line
            message = f"`{name}` is taken: line {first} has that name already"
            self.fail(at, "SNN302", "duplicate-name", message, "give it a `name` of its own")
        self.known.setdefault(name, at)

    def add(
        self,
        name: str,
        operator: Operator,
        refs: tuple[Ref, ...] | None,
        at: Path,
        data: Shape | None = None,
    ) -> None:
        if refs is not None and name not in {entry.name for entry, _ in self.entries}:
            sources = tuple(ref.node for ref in refs)
            self.entries.append((Entry(name, operator, sources, at, data), refs))

    def shapes(self) -> None:
        found = infer([entry for entry, _ in self.entries])
        for entry, refs in self.entries:
            name, error = entry.name, found.errors.get(entry.name)
            if error:
                where = (*entry.at, error.field or "kind")
                message = f"`{name}`: {error.message}"
                self.fail(where, "SNN303", "bad-shape", message, error.help)
            elif name in found.output:
                shapes = found.inputs[name], found.output[name]
                self.nodes[name] = Node(name, entry.operator, refs, *shapes, entry.at)

    def cycles(self) -> None:
        """What no loop over time can compute."""
        if self.findings or not any(r.delay for _, refs in self.entries for r in refs):
            return
        reads = {entry.name: entry.sources for entry, _ in self.entries}
        for names in components(reads):
            if len(names) == 1 and names[0] not in reads[names[0]]:
                continue
            for name in names:
                self.in_cycle(self.nodes[name], names)
            if not self.driven(names):
                message = f"nothing from outside enters the cycle of {', '.join(names)}"
                self.fail((*self.nodes[names[0]].at, "from"), "SNN308", "bad-cycle", message)

    def in_cycle(self, node: Node, names: Sequence[str]) -> None:
        if any(node.operator.traits(mode).time == "whole" for mode in (True, False)):
            around = " → ".join(name for name in names if name != node.path)
            message = f"`{node.path}` needs every step at once, but is in a cycle with {around}"
            help = 'a batch normalisation with `stats = "step"` can be in a cycle'
            self.fail((*node.at, "kind"), "SNN308", "bad-cycle", message, help)

    def driven(self, names: Sequence[str]) -> bool:
        return any(ref.node not in names for name in names for ref in self.nodes[name].inputs)

    def generated(self) -> None:
        """Names that generated code has for something else."""
        name = class_name(self.spec.name)
        kinds = {layer.kind for _, layer in self.layers if isinstance(layer, Neuron)}
        if name.rstrip("0123456789") in kinds:
            message = f"`{self.spec.name}` is taken: the class of a neuron is called {name}"
            self.fail(("name",), "SNN206", "bad-name", message)
        for word in {"first", "state", "t"} & {*self.spec.inputs}:
            message = f"`{word}` is taken: generated code counts steps and keeps states by it"
            self.fail(self.section("input", word), "SNN206", "bad-name", message)
        for output in {"count", "index"} & {*self.spec.outputs}:
            message = f"`{output}` is taken: a tuple of outputs has a method of that name"
            self.fail(self.section("output", output), "SNN206", "bad-name", message)

    def train(self) -> None:
        """Whether the dataset of [train] fits, once all else does."""
        if self.findings or self.spec.train is None:
            return
        inputs = [data.shape for data in self.spec.inputs.values()]
        if any(data.encoder.timed_data for data in self.spec.inputs.values()):
            message = "training on sequences: this version of snnc has datasets of images only"
            self.fail(("train", "dataset"), "SNN207", "not-yet", message)
        if any(output.readout.keeps_time for output in self.spec.outputs.values()):
            message = "a loss over every step: this version of snnc trains on one answer a sample"
            self.fail(("train", "loss"), "SNN207", "not-yet", message)
        try:
            self.spec.train.fit(inputs, [self.nodes[name].shape for name in self.spec.outputs])
        except ShapeError as error:
            where = ("train", error.field or "dataset")
            self.fail(where, "SNN307", "bad-dataset", error.message, error.help)

    def fail(self, at: Path, code: str, name: str, message: str, help: str | None = None) -> None:
        node = self.document.tree.find(at)[0]
        self.findings.append(Diagnostic(code, name, message, node.place, help, node.notes))


def default_names(layers: Sequence[Layer]) -> tuple[tuple[str, Layer], ...]:
    """Each layer with its name: the stated one, or its stem and its ordinal among that stem.

    Named layers count too, so that naming one does not rename the others.
    """
    counts: Counter[str] = Counter()
    named = []
    for layer in layers:
        counts[layer.stem] += 1
        named.append((layer.name or f"{layer.stem}{counts[layer.stem]}", layer))
    return tuple(named)
