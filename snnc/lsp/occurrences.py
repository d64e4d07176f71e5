"""Every place in a file where a name stands that the files of the spec give to something."""

from collections.abc import Iterator, Sequence

from snnc.lsp.chain import NETWORK, Chain, LayerList, entry
from snnc.lsp.references import in_equations, variables_in
from snnc.lsp.symbols import Occurrence, Symbol, inner, key_place
from snnc.resolve.merging import as_table
from snnc.source.source import Source
from snnc.source.tree import Path, Tree

_OWN = ("blocks", "neurons", "surrogates")


def occurrences(chain: Chain, source: Source) -> Iterator[Occurrence]:
    """The names in one of the files of a chain."""
    yield from _Reader(chain, source).read()


class _Reader:
    """A walk through one file."""

    def __init__(self, chain: Chain, source: Source) -> None:
        self.chain, self.source, self.tree = chain, source, source.tree

    def read(self) -> Iterator[Occurrence]:
        yield from self.keys(("vars",), "variable", "")
        yield from variables_in(self.chain, self.source)
        yield from self.ends()
        yield from self.lists(NETWORK)
        for section in _OWN:
            yield from self.keys((section,), "block" if section == "blocks" else "kind", "")
            table = self.tree.get(section)
            for name, node in table.table.items() if table else ():
                yield from self.definition(section, name, node)
        yield from self.defaults()

    def keys(self, path: Path, sort: str, scope: str) -> Iterator[Occurrence]:
        """The keys of a table, each of which gives a name."""
        node, depth = self.tree.find(path)
        for name, child in node.table.items() if depth == len(path) else ():
            yield self.named(child, len(path) + 1, sort, scope, name, defines=True)

    def named(
        self, node: Tree, depth: int, sort: str, scope: str, name: str, defines: bool = False
    ) -> Occurrence:
        """A name that is a key."""
        symbol = Symbol(sort, scope, name)  # type: ignore[arg-type]
        return Occurrence(symbol, key_place(node, depth), defines)

    def texts(
        self, nodes: Sequence[Tree], sort: str, scope: str, defines: bool = False
    ) -> Iterator[Occurrence]:
        """Names that are texts."""
        for node in nodes:
            if place := inner(node):
                symbol = Symbol(sort, scope, str(node.value))  # type: ignore[arg-type]
                yield Occurrence(symbol, place, defines)

    def ends(self) -> Iterator[Occurrence]:
        """Inputs, outputs and what training says of them."""
        yield from self.keys(("inputs",), "port", "network")
        yield from self.keys(("outputs",), "output", "")
        outputs = self.tree.get("outputs")
        single = self.tree.get("output")
        for node in (*(outputs.table.values() if outputs else ()), *((single,) if single else ())):
            yield from self.reads([node.get("from")], NETWORK)
        losses, depth = self.tree.find(("train", "losses"))
        for name, node in losses.table.items() if depth == 2 else ():
            yield self.named(node, 3, "output", "", name)
        metric, depth = self.tree.find(("train", "metric", "of"))
        yield from self.texts([metric] if depth == 3 else [], "output", "")
        penalties, depth = self.tree.find(("train", "penalties"))
        for penalty in penalties.items if depth == 2 else ():
            yield from self.reads([penalty.get("of")], NETWORK)

    def reads(self, nodes: Sequence[Tree | None], owner: Path) -> Iterator[Occurrence]:
        """Names of layers that are read, with each part of a path."""
        for node in nodes:
            place = inner(node) if node else None
            if node is None or place is None:
                continue
            for symbol, at in self.chain.follow(str(node.value), owner, self.source):
                yield Occurrence(symbol, place.within(at, at + len(symbol.name)))

    def lists(self, owner: Path) -> Iterator[Occurrence]:
        """A list of layers and its patches."""
        known = self.chain.layers(owner, self.source)
        if known is None:
            return
        node, depth = self.tree.find((*owner, "layers"))
        names = {id(each.tree): each.name for each in known.entries.values()}
        for item in node.items if depth > len(owner) else ():
            if name := names.get(id(item)):
                yield from self.defined(name, item, known)
            yield from self.entry(item, owner)
        patch, depth = self.tree.find((*owner, "patch"))
        for name, change in patch.table.items() if depth > len(owner) else ():
            if symbol := known.symbol(name):
                yield Occurrence(symbol, key_place(change, len(owner) + 2))
            yield from self.patched(change, owner, known)

    def patched(self, change: Tree, owner: Path, known: LayerList) -> Iterator[Occurrence]:
        yield from self.entry(change, owner)
        for word in ("before", "after"):
            for item in getattr(change.get(word), "items", ()):
                stated = item.get("name")
                if stated:
                    yield from self.defined(str(stated.value), item, known)
                yield from self.entry(item, owner)

    def defined(self, name: str, item: Tree, known: LayerList) -> Iterator[Occurrence]:
        """The name of a layer, which it may have without saying so."""
        symbol = Symbol("layer", known.scope, name)
        place = entry(name, item).place
        if place:
            yield Occurrence(symbol, place, defines=True)
        elif (kind := (as_table(item) or {}).get("kind")) and (at := inner(kind)):
            yield Occurrence(symbol, at, defines=True, implied=item)

    def entry(self, item: Tree, owner: Path) -> Iterator[Occurrence]:
        """The names that a layer uses: what it reads, its kind, and the parameters of that."""
        table = as_table(item) or {}
        source = table.get("from")
        yield from self.reads(source.items if source and source.items else [source], owner)
        yield from self.kind(table)
        for key in ("feedback", "surrogate"):
            if node := table.get(key):
                yield from self.kind(as_table(node) or {})

    def kind(self, table: dict[str, Tree]) -> Iterator[Occurrence]:
        """A kind that the file defines, and the parameters that are given to it."""
        kind = table.get("kind")
        name = str(kind.value) if kind else ""
        sort = "block" if name in self.chain.blocks else "kind"
        if kind is None or name not in {*self.chain.blocks, *self.chain.kinds}:
            return
        yield from self.texts([kind], sort, "")
        first = table.get("first")
        yield from self.given(name, {**(first.table if first else {}), **table})

    def given(self, kind: str, table: dict[str, Tree]) -> Iterator[Occurrence]:
        """Keys that are parameters of a kind of the file, and states that begin somewhere."""
        known = self.chain.parameters(kind, self.source)
        for key, node in table.items():
            if key in known:
                yield Occurrence(Symbol("parameter", kind, key), key_place(node, 1))
        initial = table.get("initial")
        for key, node in initial.table.items() if initial else ():
            yield Occurrence(Symbol("value", kind, key), key_place(node, 1))

    def defaults(self) -> Iterator[Occurrence]:
        table = self.tree.get("defaults")
        for name, node in table.table.items() if table else ():
            if name in self.chain.blocks or name in self.chain.kinds:
                sort = "block" if name in self.chain.blocks else "kind"
                yield self.named(node, 2, sort, "", name)
                yield from self.given(name, node.table)

    def definition(self, section: str, name: str, node: Tree) -> Iterator[Occurrence]:
        """A block, a neuron or a surrogate gradient of the file."""
        path: Path = (section, name)
        inputs, required = node.get("inputs"), node.get("required")
        sort, scope = ("port", f"blocks.{name}") if section == "blocks" else ("value", name)
        yield from self.texts(inputs.items if inputs else [], sort, scope, defines=True)
        yield from self.texts(required.items if required else [], "parameter", name, defines=True)
        yield from self.keys((*path, "parameters"), "parameter", name)
        yield from self.keys((*path, "state"), "value", name)
        if section == "blocks":
            yield from self.lists(path)
        else:
            yield from in_equations(self.chain, self.source, name, node)
