"""Spec into graph: names and edges, every shape, and what cannot be; without torch."""

from collections.abc import Sequence

from snnc.analysis.cycles import components
from snnc.blocks.uses import Use
from snnc.document import Document
from snnc.graph import Graph, Node, Ref
from snnc.inference import Entry, infer
from snnc.layer import Layer, Operator, Shape, ShapeError
from snnc.names import class_name
from snnc.neuron import Neuron, SpikingNeuron
from snnc.source.diagnostic import Diagnostic, Findings
from snnc.source.tree import Path
from snnc.step.parse import StepError
from snnc.training import Answer, Train


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
        self.entries: list[tuple[Entry, tuple[Ref, ...]]] = []
        self.placed: set[str] = set()
        self.known: dict[str, Path] = {}
        self.findings: list[Diagnostic] = [*document.problems]
        self.layers = [(layer.name or "", layer) for layer in self.spec.network.layers]
        self.names = {name for name, _ in self.layers}

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
        self.own(layer, at)
        if refs is not None and self.ports(layer, len(refs), at):
            self.add(name, layer, refs, at)

    def own(self, layer: Layer, at: Path) -> None:
        """Whether equations of the document's own hold for the numbers of this layer."""
        surrogate = layer.surrogate if isinstance(layer, SpikingNeuron) else None
        try:
            if isinstance(layer, Neuron) and layer.kind in self.spec.neurons:
                layer.equations()
            if surrogate and surrogate.kind in self.spec.surrogates:
                surrogate.derivative()
        except StepError as error:
            message = (
                f"an equation is impossible with the parameters of this layer: {error.message}"
            )
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
            self.entries.append((Entry(name, bound, sources, at, data, size), refs))

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
                self.nodes[name] = Node(name, found.operators[name], refs, *shapes, entry.at)

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
        name = class_name(self.spec.name)
        kinds = {layer.kind for _, layer in self.layers if isinstance(layer, Neuron)}
        blocks = {class_name(u.block) for u in self.document.blocks.values() if isinstance(u, Use)}
        if name in blocks:
            message = f"`{self.spec.name}` is taken: the class of a block is called {name}"
            self.fail(("name",), "SNN206", "bad-name", message)
        if name.rstrip("0123456789") in kinds:
            message = f"`{self.spec.name}` is taken: the class of a neuron is called {name}"
            self.fail(("name",), "SNN206", "bad-name", message)
        for word in {"first", "state", "t"} & {*self.spec.inputs}:
            message = f"`{word}` is taken: generated code uses it for time steps and states"
            self.fail(self.section("input", word), "SNN206", "bad-name", message)
        for output in {"count", "index"} & {*self.spec.outputs}:
            message = f"`{output}` is taken: a tuple of outputs has a method of that name"
            self.fail(self.section("output", output), "SNN206", "bad-name", message)

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
        neurons = [path for path, node in self.nodes.items() if isinstance(node.operator, Neuron)]
        for misfit in train.judge(data, answers, neurons):
            of_data = misfit.path == ("dataset",)
            code = ("SNN307", "bad-dataset") if of_data else ("SNN309", "bad-training")
            self.fail(("train", *misfit.path), *code, misfit.message, misfit.help)

    def fail(self, at: Path, code: str, name: str, message: str, help: str | None = None) -> None:
        node = self.document.tree.find(at)[0]
        self.findings.append(Diagnostic(code, name, message, node.place, help, node.notes))


def _how_to_read(layer: Layer) -> str:
    """The text to write for as many inputs as a layer takes."""
    if layer.ports == 1:
        return "join them by Add or Concat"
    if layer.ports is None:
        return 'name them: `from = ["a", "b"]`'
    names = ", ".join(f'"{name}"' for name in layer.inputs)
    return f"name what goes to each, in this order: `from = [{names}]`"
