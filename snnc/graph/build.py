"""Spec into graph: names and edges, every shape, and what cannot be; without torch."""

from collections.abc import Collection, Sequence

from snnc.blocks.uses import Use
from snnc.document import Document
from snnc.graph.cycles import components
from snnc.graph.delayed_edge import Past
from snnc.graph.draft import Draft
from snnc.graph.shapes import infer
from snnc.graph.types import Graph, Node, Ref
from snnc.layer import Layer, Operator
from snnc.names import VARIABLES, class_name
from snnc.neuron import Neuron, SpikingNeuron
from snnc.sections.train import Answer, Train
from snnc.shapes import Shape, ShapeError
from snnc.sizes import affordable
from snnc.source.diagnostic import Diagnostic, Findings
from snnc.source.nearest import sparing
from snnc.source.tree import Path
from snnc.step.parse import StepError
from snnc.step.simplify import simplified
from snnc.surrogate import Surrogate


@sparing()
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
    watched = frozenset(p.of for p in spec.train.penalties) if spec.train else frozenset()
    return Graph(spec.name, spec.doc, spec.time_steps, nodes, *ends, document.blocks, watched)


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
        self.generated()

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
        if refs is not None and self.ports(layer, len(refs), at):
            self.add(name, layer, refs, at)

    def equations(self, layer: Layer, at: Path) -> None:
        """Whether equations hold for the numbers of this layer; once for layers that are alike."""
        if not isinstance(layer, Neuron):
            return
        surrogate = layer.surrogate if isinstance(layer, SpikingNeuron) else None
        alike = repr((layer.kind, layer.numbers(), layer.reset_rule, surrogate))
        if alike not in self.impossible:
            self.impossible[alike] = _impossible(layer, surrogate)
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

    def ports(self, layer: Layer, count: int, at: Path) -> bool:
        want = layer.ports
        if want == count or (want is None and count > 1):
            return True
        words = {None: "two or more inputs", 1: "one input"}.get(want, f"{want} inputs")
        message = f"{layer.kind} takes {words}, not {count}"
        self.fail((*at, "from"), "SNN304", "wrong-inputs", message, _how_to_read(layer))
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
        if refs is not None and name not in self.placed:
            sources = tuple(ref.node for ref in refs)
            self.placed.add(name)
            size = self.document.sizes.get(name)
            bound = operator.bound(self.spec.time_steps)
            self.entries.append((Draft(name, bound, sources, at, data, size), refs))

    def shapes(self) -> None:
        found = infer([entry for entry, _ in self.entries])
        for entry, refs in self.entries:
            name, error = entry.name, found.errors.get(entry.name)
            if error:
                where = (*entry.at, error.field or "kind")
                message = f"`{name}`: {error.message}"
                self.fail(where, "SNN303", "bad-shape", message, error.help)
            elif far := self.too_far_back(refs, found.inputs.get(name, ())):
                self.fail((*entry.at, "from"), "SNN303", "bad-shape", f"`{name}`: {far}")
            elif name in found.output:
                shapes = found.inputs[name], found.output[name]
                self.nodes[name] = Node(name, found.operators[name], refs, *shapes, entry.at)

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
        if self.findings or not any(r.delay for _, refs in self.entries for r in refs):
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
        if any(node.operator.traits(mode).time == "whole" for mode in (True, False)):
            around = " → ".join(name for name in names if name != node.path)
            message = f"`{node.path}` needs all time steps at once, but is in a cycle with {around}"
            help = 'a batch normalisation with `stats = "step"` can be in a cycle'
            self.fail((*node.at, "kind"), "SNN308", "bad-cycle", message, help)

    def driven(self, names: Sequence[str]) -> bool:
        return any(ref.node not in names for name in names for ref in self.nodes[name].inputs)

    def generated(self) -> None:
        """Names that generated code has for something else."""
        name, free = class_name(self.spec.name), f"for example `{self.spec.name}_net`"
        kinds = {layer.kind for _, layer in self.layers if isinstance(layer, Neuron)}
        blocks = {class_name(u.block) for u in self.document.blocks.values() if isinstance(u, Use)}
        if name in blocks:
            message = f"`{self.spec.name}` is taken: the class of a block is called {name}"
            self.fail(("name",), "SNN206", "bad-name", message, free)
        if name.rstrip("0123456789") in kinds:
            message = f"`{self.spec.name}` is taken: the class of a neuron is called {name}"
            self.fail(("name",), "SNN206", "bad-name", message, free)
        counted = {"first", "state", "t"}
        self.taken("input", counted, "generated code counts steps and keeps states by it")
        if len(self.spec.inputs) > 1:
            words = {*VARIABLES, f"{name}Output"} - {"input", *counted}
            self.taken("input", words, "generated code needs it for something else")
        self.taken("output", {"count", "index"}, "a tuple of outputs has a method of that name")
        self.taken("output", {"Tensor"}, "generated code needs it for something else")

    def taken(self, singular: str, words: Collection[str], why: str) -> None:
        """Refuses inputs or outputs of these names."""
        for name in self.spec.inputs if singular == "input" else self.spec.outputs:
            if name in words:
                help = f"for example `{name}1`"
                at = self.section(singular, name)
                self.fail(at, "SNN206", "bad-name", f"`{name}` is taken: {why}", help)

    def train(self) -> None:
        """Whether the dataset of [train] fits, once all else does."""
        if self.findings or self.spec.train is None:
            return
        inputs = [data.shape for data in self.spec.inputs.values()]
        timed = any(data.encoder.timed_data for data in self.spec.inputs.values())
        try:
            self.spec.train.fit(inputs, timed)
        except ShapeError as error:
            where = ("train", error.field or "dataset")
            self.fail(where, "SNN307", "bad-dataset", error.message, error.help)
        else:
            self.judge(self.spec.train, Answer(inputs[0], timed))

    def judge(self, train: Train, data: Answer) -> None:
        """Whether losses, metric and penalties of [train] fit."""
        answers = {
            name: Answer(self.nodes[name].shape, output.readout.keeps_time)
            for name, output in self.spec.outputs.items()
        }
        operators = ((path, node.operator) for path, node in self.nodes.items())
        neurons = {p: o.spike_value is not None for p, o in operators if isinstance(o, Neuron)}
        for misfit in train.judge(data, answers, neurons):
            of_data = misfit.path == ("dataset",)
            code = ("SNN307", "bad-dataset") if of_data else ("SNN309", "bad-training")
            self.fail(("train", *misfit.path), *code, misfit.message, misfit.help)

    def fail(self, at: Path, code: str, name: str, message: str, help: str | None = None) -> None:
        node = self.document.tree.find(at)[0]
        self.findings.append(Diagnostic(code, name, message, node.place, help, node.notes))


def _impossible(neuron: Neuron, surrogate: Surrogate | None) -> str:
    """The fault in its equations or its slope; "" if there is none."""
    try:
        simplified(neuron.equations())
        if surrogate:
            surrogate.derivative()
    except StepError as error:
        return error.message
    return ""


def _how_to_read(layer: Layer) -> str:
    """The text to write for as many inputs as a layer takes."""
    if layer.ports == 1:
        return "join them by Add or Concat"
    if layer.ports is None:
        return 'name them: `from = ["a", "b"]`'
    names = ", ".join(f'"{name}"' for name in layer.inputs)
    return f"name what goes to each, in this order: `from = [{names}]`"
