"""Spec into graph: names and edges, every shape, and what cannot be; without torch."""

from collections.abc import Sequence

from snnc.document import Document
from snnc.graph.cycles import components
from snnc.graph.delayed_edge import Past
from snnc.graph.draft import Draft
from snnc.graph.origin import explicit, input_instead, origins
from snnc.graph.reading import how_to_read, impossible, in_a_cycle, kept_axis, of_other_axes
from snnc.graph.reserved import generated
from snnc.graph.shapes import UNREAD, Shapes, infer
from snnc.graph.training import misfits
from snnc.graph.types import Graph, Node, Ref
from snnc.layer import Layer, Operator
from snnc.layers.flatten import Flatten
from snnc.neuron import Neuron, SpikingNeuron
from snnc.opaque import Opaque, OpaqueReader
from snnc.shapes import Shape, ShapeError
from snnc.sizes import affordable
from snnc.source.diagnostic import Diagnostic, Findings, Place
from snnc.source.nearest import sparing
from snnc.source.tree import Path


def build(document: Document) -> Graph:
    """The graph of a document.

    Raises:
        Findings: names are unknown or taken, shapes do not fit; all that could be told apart.
    """
    graph, findings = inspect(document)
    if findings:
        raise Findings(*findings)
    return graph


@sparing()
def inspect(document: Document) -> tuple[Graph, tuple[Diagnostic, ...]]:
    """The graph of a document, and what is wrong with it; nodes in doubt are opaque."""
    builder = _Builder(document)
    builder.run()
    spec = document.spec
    ends = tuple(spec.inputs), tuple(spec.outputs)
    watched = frozenset(p.of for p in spec.train.penalties) if spec.train else frozenset()
    made = (
        spec.name,
        spec.doc,
        spec.time_steps,
        builder.all_nodes(),
        *ends,
        document.blocks,
        watched,
    )
    return Graph(*made), tuple(builder.findings)


class _Builder:
    """Goes through the document once; a node whose inputs are in doubt is left out quietly."""

    def __init__(self, document: Document) -> None:
        self.document, self.spec = document, document.spec
        self.nodes: dict[str, Node] = {}
        self.entries: list[tuple[Draft, tuple[Ref, ...]]] = []
        self.placed: set[str] = set()
        self.known: dict[str, Path] = {}
        self.findings: list[Diagnostic] = [*document.problems]
        self.layers = [(layer.name or "", layer) for layer in self.spec.network.layers]
        self.names = {name for name, _ in self.layers}
        self.impossible: dict[str, str] = {}
        self.found = Shapes()
        self.told: set[tuple[Place, str]] = set()
        self.drafts: dict[str, Draft] = {}

    def run(self) -> None:
        self.inputs()
        for index, (name, layer) in enumerate(self.layers):
            self.layer(index, name, layer)
        for name, output in self.spec.outputs.items():
            at = self.section("output", name)
            refs = self.refs((output.source or "",), at)
            self.declare(name, at)
            self.add(name, output.readout, refs, at)
        self.shapes()
        self.cycles()
        self.steps()
        self.train()
        self.findings += generated(self.document)

    def section(self, singular: str, name: str) -> Path:
        """The section of an input or an output: ``[input]`` or ``[inputs.NAME]``."""
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
        refs = self.refs(layer.sources, at)
        self.known.setdefault(name, (*at, "name"))
        self.equations(layer, at)
        fits = refs is not None and self.ports(name, layer, len(refs), at)
        self.add(name, layer, refs if fits else None, at)

    def equations(self, layer: Layer, at: Path) -> None:
        """Whether equations hold for the numbers of this layer; once for layers that are alike."""
        if not isinstance(layer, Neuron):
            return
        surrogate = layer.surrogate if isinstance(layer, SpikingNeuron) else None
        alike = repr((layer.kind, layer.numbers(), layer.reset_rule, surrogate))
        if alike not in self.impossible:
            self.impossible[alike] = impossible(layer, surrogate)
        if found := self.impossible[alike]:
            message = f"with the numbers of this layer an equation is impossible: {found}"
            self.fail(at, "SNN208", "bad-equation", message)

    def refs(self, sources: tuple[str, ...], at: Path) -> tuple[Ref, ...] | None:
        found = [self.ref(source, (*at, "from")) for source in sources if source]
        return tuple(ref for ref in found if ref) if all(found) and found else None

    def ref(self, source: str, at: Path) -> Ref | None:
        """None for a name that does not exist: that is a problem of the document already."""
        name, _, delay = source.partition("@-")
        if name in self.known or (delay and name in self.names):
            return Ref(name, delay=int(delay or 0))
        return None

    def ports(self, name: str, layer: Layer, count: int, at: Path) -> bool:
        want = layer.ports
        if isinstance(layer, Opaque) or want == count or (want is None and count > 1):
            return True
        words = {None: "two or more inputs", 1: "one input"}.get(want, f"{want} inputs")
        message = f"{layer.kind} takes {words}, not {count}"
        help = how_to_read(layer, self.readable(name, layer))
        self.fail((*at, "from"), "SNN304", "wrong-inputs", message, help)
        return False

    def readable(self, name: str, layer: Layer) -> tuple[str, ...]:
        """The sources of a layer, and another name above it."""
        own = {name, *layer.sources}
        return (*layer.sources, next((n for n in reversed(self.known) if n not in own), ""))

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
        if name in self.placed:
            return
        sources = (UNREAD,) if refs is None else tuple(ref.node for ref in refs)
        self.placed.add(name)
        size = self.document.sizes.get(name)
        bound = operator.bound(self.spec.time_steps)
        self.entries.append((Draft(name, bound, sources, at, data, size), refs or ()))

    def shapes(self) -> None:
        self.drafts = {entry.name: entry for entry, _ in self.entries}
        found = self.found = infer([entry for entry, _ in self.entries], self.doubtful())
        for entry, refs in self.entries:
            name, error = entry.name, found.errors.get(entry.name)
            if error:
                self.misfit(entry, error)
            elif far := self.too_far_back(refs, found.inputs.get(name, ())):
                self.fail((*entry.at, "from"), "SNN303", "bad-shape", f"`{name}`: {far}")
            elif name in found.output and name not in found.assumed:
                shapes = found.inputs[name], found.output[name]
                self.nodes[name] = Node(name, found.operators[name], refs, *shapes, entry.at)

    def doubtful(self) -> frozenset[str]:
        """The inputs whose shape is not known."""
        doubt = not self.document.doubt.isdisjoint({"input", "inputs"})
        return frozenset(self.spec.inputs) if doubt else frozenset()

    def misfit(self, entry: Draft, error: ShapeError) -> None:
        """Blames a layer that does not fit what it reads, with a note at that."""
        where = self.document.tree.find((*entry.at, error.field or "kind"))[0]
        data = self.spec.dataset.shape if self.spec.dataset else None
        read = [self.drafts[name] for name in entry.sources if name in self.drafts]
        notes = tuple(origins(self.document, read, self.found))
        help = error.help
        sample = entry.data or (read[0].data if len(read) == 1 else None)
        if sample:
            help = input_instead(sample, entry.operator, data) or help
        if not (help or error.field) and any(isinstance(o.operator, Flatten) for o in read):
            help = f"put it before `{read[0].name}`"
        if not sample and not error.field:
            help = of_other_axes(entry.operator, self.found.inputs[entry.name]) or help
            help = next((kept for one in read if (kept := kept_axis(one.name, one.operator))), help)
        message = f"`{entry.name}`: {error.message}"
        notes = (*where.notes, *notes)
        self.tell(Diagnostic("SNN303", "bad-shape", message, where.place, help, notes))

    def all_nodes(self) -> tuple[Node, ...]:
        """Every node in order; one in doubt is opaque."""
        nodes: dict[str, Node] = {}
        names = {entry.name for entry, _ in self.entries}
        for entry, refs in self.entries:
            known = tuple(ref for ref in refs if ref.node in names)
            shape = self.found.output.get(entry.name, ())
            wrong = entry.name in self.found.errors and explicit(self.document, entry.at)
            kind = OpaqueReader if wrong or UNREAD in entry.sources else Opaque
            unknown = Node(entry.name, kind(), known, (), shape, entry.at)
            nodes[entry.name] = self.nodes.get(entry.name, unknown)
        return tuple(nodes.values())

    def too_far_back(self, refs: Sequence[Ref], shapes: Sequence[Shape]) -> str:
        """Why what delayed edges remember cannot be held; "" if it can."""
        try:
            for ref, shape in zip(refs, shapes, strict=False):  # an encoder reads data, no node
                if ref.delay:
                    affordable(Past(steps=ref.delay), shape, shape)
        except ShapeError as error:
            return error.message
        return ""

    def cycles(self) -> None:
        """Findings on cycles that no loop over time can compute."""
        if not self.sound or not any(r.delay for _, refs in self.entries for r in refs):
            return
        reads = {entry.name: entry.sources for entry, _ in self.entries}
        for names in components(reads):
            if len(names) == 1 and names[0] not in reads[names[0]]:
                continue
            for name in names:
                self.in_cycle(self.nodes[name], names)
            if not self.driven(names):
                message = f"no edge from outside enters the cycle of {', '.join(names)}"
                self.fail((*self.nodes[names[0]].at, "from"), "SNN308", "bad-cycle", message)

    def in_cycle(self, node: Node, names: Sequence[str]) -> None:
        if any(mode.time == "whole" for mode in node.modes):
            around = " → ".join(name for name in names if name != node.path)
            message = f"`{node.path}` needs all time steps at once, but is in a cycle with {around}"
            help = in_a_cycle(node.operator, node.inputs)
            self.fail((*node.at, "kind"), "SNN308", "bad-cycle", message, help)

    def driven(self, names: Sequence[str]) -> bool:
        return any(ref.node not in names for name in names for ref in self.nodes[name].inputs)

    def train(self) -> None:
        """Whether [train] fits the inputs; the outputs too, once all else is right."""
        doubt = not self.document.doubt.isdisjoint({"train", "data", "convert"})
        if self.spec.dataset is None or self.doubtful() or doubt:
            return
        unfit = (e for e, _ in self.entries if e.name in self.found.errors)
        self.findings += misfits(
            self.document,
            [e.operator for e in unfit if e.data or e.sources == (*self.spec.inputs,)],
            self.nodes if self.sound else None,
        )

    @property
    def sound(self) -> bool:
        """Whether all is right so far, and no node in doubt."""
        return not self.findings and len(self.nodes) == len(self.entries)

    def fail(self, at: Path, code: str, name: str, message: str, help: str | None = None) -> None:
        node = self.document.tree.find(at)[0]
        self.tell(Diagnostic(code, name, message, node.place, help, node.notes))

    def tell(self, found: Diagnostic) -> None:
        """A finding; one in a block is told of its first use."""
        mistake = found.origin, found.code
        if found.origin == found.place or mistake not in self.told:
            self.findings.append(found)
        self.told.add(mistake)
