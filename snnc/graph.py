"""Spec into graph: every operator by its path, what it reads, and every shape, without torch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from snnc.blocks import Container, Use
from snnc.document import Document
from snnc.layer import Layer, Operator, Shape, ShapeError
from snnc.names import class_name
from snnc.neuron import Neuron
from snnc.source.diagnostic import Diagnostic, Findings
from snnc.source.tree import Path

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True)
class Ref:
    """A value that is read: a node's, ``delay`` steps earlier (0 before the first)."""

    node: str
    port: str = ""
    delay: int = 0


@dataclass(frozen=True)
class Node:
    """An operator in its place. ``at`` is where the document states it."""

    path: str
    operator: Operator
    inputs: tuple[Ref, ...]
    shapes: tuple[Shape, ...]
    shape: Shape
    at: Path


@dataclass(frozen=True)
class Graph:
    """The network: encoders, layers and readouts in the order of the document.

    ``inputs`` and ``outputs`` name the encoder and readout nodes; an encoder reads data, which is
    no node. ``blocks`` are the uses of blocks and the repetitions that the paths go through.
    """

    name: str
    doc: str
    time_steps: int
    nodes: tuple[Node, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    blocks: Mapping[str, Container] = field(default_factory=dict)

    def __getitem__(self, path: str) -> Node:
        return self._by_path[path]

    @cached_property
    def _by_path(self) -> Mapping[str, Node]:
        return {node.path: node for node in self.nodes}

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
    nodes, ends = tuple(builder.nodes.values()), (tuple(spec.inputs), tuple(spec.outputs))
    return Graph(spec.name, spec.doc, spec.time_steps, nodes, *ends, document.blocks)


class _Builder:
    """Goes through the document once; a node whose inputs are in doubt is left out quietly."""

    def __init__(self, document: Document) -> None:
        self.document, self.spec = document, document.spec
        self.nodes: dict[str, Node] = {}
        self.known: dict[str, Path] = {}
        self.findings: list[Diagnostic] = [*document.problems]
        self.layers = [(layer.name or "", layer) for layer in self.spec.network.layers]

    def run(self) -> None:
        self.inputs()
        for index, (name, layer) in enumerate(self.layers):
            self.layer(index, name, layer)
        for name, output in self.spec.outputs.items():
            at = self.section("output", name)
            refs = self.refs((output.source or "",), at)
            self.declare(name, at)
            self.add(name, output.readout, refs, at)
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
            if name in self.nodes:
                self.steps(data.encoder.steps(data.shape), at)

    def steps(self, fixed: int | None, at: Path) -> None:
        stated = self.spec.time_steps
        if fixed is not None and fixed != stated:
            message = f"`time_steps` is {stated}, but the input has {fixed} steps"
            help = f"write `time_steps = {fixed}`"
            self.fail(("time_steps",), "SNN305", "bad-time-steps", message, help)

    def layer(self, index: int, name: str, layer: Layer) -> None:
        at = ("network", "layers", index)
        refs = self.refs(layer.sources, at)
        self.known.setdefault(name, (*at, "name"))
        if refs is not None and self.ports(layer, len(refs), at):
            self.add(name, layer, refs, at)

    def refs(self, sources: tuple[str, ...], at: Path) -> tuple[Ref, ...] | None:
        found = [self.ref(source, (*at, "from")) for source in sources if source]
        return tuple(ref for ref in found if ref) if all(found) and found else None

    def ref(self, source: str, at: Path) -> Ref | None:
        """None for a name that does not exist: that is a problem of the document already."""
        name, _, delay = source.partition("@-")
        if delay:
            message = f'"{source}": this version of snnc does not build delayed edges yet'
            self.fail(at, "SNN207", "not-yet", message)
        elif name in self.known:
            return Ref(name)
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
        if refs is None or any(ref.node not in self.nodes for ref in refs):
            return
        shapes = (data,) if data else tuple(self.nodes[ref.node].shape for ref in refs)
        try:
            shape = operator.shape(*shapes)
        except ShapeError as error:
            where = (*at, error.field or "kind")
            self.fail(where, "SNN303", "bad-shape", f"`{name}`: {error.message}", error.help)
            return
        self.nodes.setdefault(name, Node(name, operator, refs, shapes, shape, at))

    def generated(self) -> None:
        """Names that generated code has for something else."""
        name = class_name(self.spec.name)
        kinds = {layer.kind for _, layer in self.layers if isinstance(layer, Neuron)}
        blocks = {class_name(u.block) for u in self.document.blocks.values() if isinstance(u, Use)}
        if name in blocks:
            message = f"`{self.spec.name}` is taken: the class of a block is called {name}"
            self.fail(("name",), "SNN206", "bad-name", message)
        if name.rstrip("0123456789") in kinds:
            message = f"`{self.spec.name}` is taken: the class of a neuron is called {name}"
            self.fail(("name",), "SNN206", "bad-name", message)
        if "t" in self.spec.inputs:
            message = "`t` is taken: generated code counts steps by it"
            self.fail(self.section("input", "t"), "SNN206", "bad-name", message)
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
