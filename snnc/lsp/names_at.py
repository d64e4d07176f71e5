"""Names that may stand at a cursor: layers to read, variables, kinds of the file, equations."""

from collections.abc import Iterator
from dataclasses import dataclass

from snnc.lsp.analysis import Analysis
from snnc.lsp.chain import Chain, ListedLayer
from snnc.lsp.references import TARGET
from snnc.resolve import SPIKE
from snnc.shapes import show
from snnc.source.diagnostic import Findings
from snnc.source.source import Source, parse_on
from snnc.source.tree import Path
from snnc.step.parse import FUNCTIONS


@dataclass(frozen=True)
class Name:
    """A name, what it is in a few words, and a value or a description."""

    name: str
    what: str
    doc: str = ""


@dataclass(frozen=True)
class Names:
    """The names of a spec. ``source`` is the text as far as it can be read."""

    chain: Chain
    source: Source
    analysis: Analysis

    def readable(self, owner: Path, before: int | None) -> Iterator[Name]:
        """The layers and ports of a list; those from ``before`` on a step earlier only."""
        known = self.chain.layers(owner, self.source)
        for port in known.ports if known else self.chain.ports(owner, self.source):
            yield Name(port, "input")
        entries = [*known.entries.values()] if known else []
        for at, entry in enumerate(entries):
            late = before is not None and at >= before
            yield Name(f"{entry.name}@-1" if late else entry.name, entry.kind, self.shape(entry))
            if not late and not entry.repeated and entry.kind in self.chain.blocks:
                inside = self.chain.layers(("blocks", entry.kind), self.source)
                for deeper in inside.entries.values() if inside else ():
                    yield Name(f"{entry.name}.{deeper.name}", deeper.kind)

    def shape(self, entry: ListedLayer) -> str:
        """The shape of a layer, as far as it is known."""
        graph = self.analysis.graph
        known = {node.path: node.shape for node in graph.nodes} if graph else {}
        return show(known[entry.name]) if entry.name in known else ""

    def layer_names(self, owner: Path) -> Iterator[Name]:
        """The layers of a list by their names."""
        known = self.chain.layers(owner, self.source)
        for entry in known.entries.values() if known else ():
            yield Name(entry.name, entry.kind, self.shape(entry))

    def variables(self, block: str) -> Iterator[Name]:
        """Variables, and the parameters of the block that a text is in."""
        for name in self.chain.parameters(block, self.source) if block else ():
            yield Name(name, f"parameter of {block}")
        for name, node in self.chain.variables.items():
            yield Name(name, "variable", node.place.quoted)

    def kinds(self, section: str) -> Iterator[Name]:
        """The blocks, neurons or surrogate gradients of the files."""
        for name, node in self.chain.table(section).items():
            doc = node.get("doc")
            yield Name(name, section.removesuffix("s"), str(doc.value) if doc else "")

    def parameters(self, kind: str) -> Iterator[Name]:
        """The keys that a kind of the file adds."""
        for name in self.chain.parameters(kind, self.source):
            yield Name(name, f"parameter of {kind}")

    def spikes(self, kind: str) -> bool:
        """Whether a neuron of the files spikes."""
        step = self.chain.stated(("neurons", kind, "step"), self.source)
        return step is not None and bool(SPIKE.search(str(step[1].value)))

    def in_equations(self, kind: str) -> Iterator[Name]:
        """The names and functions of the equations of a neuron or a surrogate gradient."""
        yield from self.parameters(kind)
        found = self.chain.stated(("neurons", kind), self.source)
        node = found[1] if found else None
        state, inputs = (node.get("state"), node.get("inputs")) if node else (None, None)
        for name in state.table if state else ():
            yield Name(name, "state")
        for name in [str(item.value) for item in inputs.items] if inputs else ["x"]:
            yield Name(name, "input" if node else "value")
        step = node.get("step") if node else None
        for target in TARGET.finditer(str(step.value)) if step else ():
            yield Name(target[1], "value")
        for name in sorted(FUNCTIONS):
            yield Name(f"{name}(", "function")

    def outputs(self) -> Iterator[Name]:
        """The outputs of the network."""
        several = self.chain.stated(("outputs",), self.source)
        for name in several[1].table if several else ["output"]:
            yield Name(name, "output")


def mended(path: str, text: str, at: int) -> Source | None:
    """The text without what stands on the line of a cursor, if it can be read so."""
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    line = text[start : end if end >= 0 else len(text)]
    try:
        source = parse_on(path, text[:start] + " " * len(line) + text[start + len(line) :])
    except Findings:
        return None
    return None if source.lost else source
