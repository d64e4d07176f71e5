"""The meaning of what stands at a cursor: a key, a kind, a layer, a variable, a rule."""

import re
from dataclasses import dataclass

from lsprotocol.types import Hover, MarkupContent, MarkupKind, Position

from snnc.lsp import grammar
from snnc.lsp.analysis import Analysis
from snnc.lsp.chain import NETWORK, Chain, ListedLayer
from snnc.lsp.cursor import Cursor, cursor
from snnc.lsp.kind_docs import doc_of, known
from snnc.lsp.positions import TextPositions
from snnc.lsp.summary import layer_text, nodes_of
from snnc.lsp.symbols import Occurrence
from snnc.rules import documentation, rules
from snnc.source.diagnostic import Span
from snnc.source.tree import Path, Tree

_RULE = re.compile(r"[\w-]+")


@dataclass(frozen=True)
class HoverText:
    """A text in which somebody points at something; ``found`` is the name that stands there."""

    positions: TextPositions
    analysis: Analysis
    found: Occurrence | None

    def hover(self, position: Position) -> Hover | None:
        """The description of what stands at a position."""
        at = self.positions.offset(position)
        here = cursor(self.positions.read, at)
        span = self.found.place.span if self.found else here.span
        if here.in_comment:
            told, span = self.rule(here, at)
        else:
            told = "\n\n".join(part for part in (self.named(), self.written(here)) if part)
        if not told:
            return None
        return Hover(MarkupContent(MarkupKind.Markdown, told), self.positions.range(span))

    def rule(self, here: Cursor, at: int) -> tuple[str, Span]:
        """The rule that a comment names at an offset."""
        start = here.text.rfind("\n", 0, at) + 1
        for word in _RULE.finditer(here.text, start):
            if word.start() <= at <= word.end():
                rule = next((r for r in rules() if word[0] in (r.name, r.code)), None)
                said = f"**{rule.name}** {rule.code}\n\n{documentation(rule)['']}" if rule else ""
                return said, Span(*word.span())
        return "", here.span

    def named(self) -> str:
        """The description of a name that the spec gives."""
        if self.found is None or not self.analysis.sources:
            return ""
        symbol = self.found.symbol
        match symbol.sort:
            case "layer":
                return self.layer(symbol.scope.partition("#")[2], symbol.name)
            case "variable":
                return self.code(self.chain.variables.get(symbol.name), symbol.name)
            case "block":
                return self.block(symbol.name)
            case "kind":
                return self.own_kind(symbol.name)
            case "parameter" | "value":
                return self.code(self.stated(symbol.scope, symbol.name), symbol.name)
        return f"{symbol.sort} `{symbol.name}`"

    @property
    def chain(self) -> Chain:
        return Chain(self.analysis.sources)

    def entry(self, owner: Path, name: str) -> ListedLayer | None:
        known = self.chain.layers(owner, self.analysis.sources[-1])
        return known.entries.get(name) if known else None

    def layer(self, shown: str, name: str) -> str:
        """The shape, place in time and costs of a layer; in a block, at each use."""
        owner: Path = tuple(shown.split(".", 1))
        found = self.entry(owner, name)
        nodes = nodes_of(self.analysis, found, owner != NETWORK) if found else ()
        return layer_text(self.analysis, nodes).value if nodes else f"layer `{name}`"

    def code(self, node: Tree | None, name: str) -> str:
        """A definition as it is written."""
        return f"```toml\n{name} = {node.place.quoted}\n```" if node else f"`{name}`"

    def stated(self, kind: str, name: str) -> Tree | None:
        """The default of a parameter, or the start of a state."""
        paths = ((s, kind, "parameters", name) for s in ("blocks", "neurons", "surrogates"))
        source = self.analysis.sources[-1]
        found = (self.chain.stated(p, source) for p in (*paths, ("neurons", kind, "state", name)))
        return next((each[1] for each in found if each), None)

    def block(self, name: str) -> str:
        """A block with its parameters."""
        source = self.analysis.sources[-1]
        doc = self.chain.blocks[name].get("doc")
        parameters = ", ".join(f"`{p}`" for p in self.chain.parameters(name, source))
        told = [f"**{name}** block", str(doc.value) if doc else ""]
        return "\n\n".join([*told, f"parameters {parameters}" if parameters else ""]).strip()

    def own_kind(self, name: str) -> str:
        """A neuron or a surrogate gradient of the file, with its equations."""
        node = self.chain.kinds.get(name)
        doc, step = (
            (node.get("doc"), node.get("step") or node.get("gradient")) if node else (None,) * 2
        )
        told = [f"**{name}**", str(doc.value) if doc else ""]
        code = f"```python\n{str(step.value).strip()}\n```" if step else ""
        return "\n\n".join(part for part in [*told, code] if part)

    def written(self, here: Cursor) -> str:
        """The description of a key or a value of the language."""
        word = here.text[slice(*here.span)]
        if here.in_header or here.at_key:
            key = (
                grammar.key((*here.path, word), lambda path: self.kind(here, path))
                if word
                else None
            )
            values = f"{key.values}\n\n" if key and key.values else ""
            return f"**{word}** {values}{key.doc}" if key else ""
        path = here.path[:-1] if here.path[-1:] == ("kind",) else here.path
        kind = known(word, _field(path))
        return (
            "\n\n".join(p for p in (doc_of(word, kind), self.of_entry(path)) if p) if kind else ""
        )

    def kind(self, here: Cursor, path: Path) -> str:
        frame = next((f for f in here.frames if f.path == path), None)
        return here.kind(frame) if frame else ""

    def of_entry(self, path: Path) -> str:
        """The layer that a value is the kind of, unless its name is told already."""
        if self.found or path[-2:-1] != ("layers",) or not self.analysis.sources:
            return ""
        owner = path[:-2]
        known = self.chain.layers(owner, self.analysis.sources[-1])
        entries = [*known.entries.values()] if known else []
        at = path[-1] if isinstance(path[-1], int) else len(entries)
        nodes = nodes_of(self.analysis, entries[at], owner != NETWORK) if at < len(entries) else ()
        return layer_text(self.analysis, nodes).value if nodes else ""


def _field(path: Path) -> str:
    """The field that a kind stands in."""
    named = [step for step in path if isinstance(step, str)]
    last = named[-1] if named else ""
    return "layers" if last in ("before", "after", "feedback") else last
