"""The outline of a file: its tables, layers, variables, blocks and neurons."""

from collections.abc import Iterator

from lsprotocol.types import DocumentSymbol, SymbolKind

from snnc.lsp.positions import TextPositions
from snnc.lsp.symbols import key_place
from snnc.resolve.merging import as_table
from snnc.resolve.patch import places
from snnc.source.diagnostic import Place, Span
from snnc.source.source import Source
from snnc.source.tree import Tree

_SHOWN = 200
"""Characters of a value."""


def outline(source: Source, positions: TextPositions) -> list[DocumentSymbol]:
    """The symbols of a file, each with those inside."""
    return [*_Outline(source.path, positions).top(source.tree)]


class _Outline:
    """A walk through one file. ``path`` keeps out what stands elsewhere."""

    def __init__(self, path: str, positions: TextPositions) -> None:
        self.path, self.positions = path, positions

    def top(self, tree: Tree) -> Iterator[DocumentSymbol]:
        for name, node in tree.table.items():
            if isinstance(node.value, dict):
                inside = [*self.inside(name, node)]
                yield self.symbol(name, node, 1, SymbolKind.Namespace, inside)
            else:
                yield self.symbol(name, node, 1, SymbolKind.Property)

    def inside(self, section: str, node: Tree) -> Iterator[DocumentSymbol]:
        """The entries of a table at the top."""
        kinds = {"vars": SymbolKind.Constant, "blocks": SymbolKind.Class}
        kinds |= {"neurons": SymbolKind.Class, "surrogates": SymbolKind.Class}
        for name, child in node.table.items():
            if name == "layers":
                yield from self.layers(child)
                continue
            layers = child.get("layers") if section == "blocks" else None
            parts = [*self.layers(layers)] if layers else []
            kind = kinds.get(section, SymbolKind.Property)
            yield self.symbol(name, child, 2, kind, parts)

    def layers(self, node: Tree) -> Iterator[DocumentSymbol]:
        """The layers of a list, by the names that they have or are given."""
        for name, at in places(node).items():
            item = node.items[at]
            table = as_table(item) or {}
            kind = str(table["kind"].value) if "kind" in table else ""
            chosen = (table.get("name") or table.get("kind") or item).place
            yield self.made(name, kind, SymbolKind.Field, item.place, chosen)

    def symbol(
        self,
        name: str,
        node: Tree,
        depth: int,
        kind: SymbolKind,
        inside: list[DocumentSymbol] | None = None,
    ) -> DocumentSymbol:
        """The symbol of a key."""
        shown = "" if node.table or node.items else node.place.quoted[:_SHOWN]
        whole = Place(self.path, node.key.text, self.extent(node))
        return self.made(name, shown, kind, whole, key_place(node, depth), inside)

    def made(
        self,
        name: str,
        detail: str,
        kind: SymbolKind,
        whole: Place,
        chosen: Place,
        inside: list[DocumentSymbol] | None = None,
    ) -> DocumentSymbol:
        ranges = self.positions.of(whole), self.positions.of(chosen)
        return DocumentSymbol(name or "?", kind, *ranges, detail=detail, children=inside)

    def extent(self, node: Tree) -> Span:
        """The stretch from a key to the end of all that is inside."""
        spans = [node.key.span, node.place.span]
        spans += [self.extent(child) for child in (*node.table.values(), *node.items)]
        return Span(min(span.start for span in spans), max(span.end for span in spans))
