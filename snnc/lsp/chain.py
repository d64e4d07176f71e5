"""The files of a spec as one document, as far as names need it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from snnc.blocks.head import sources
from snnc.lsp.symbols import Symbol, inner
from snnc.resolve.merging import as_table
from snnc.resolve.patch import places
from snnc.source.diagnostic import Place
from snnc.source.source import Source
from snnc.source.tree import Path, Tree

NETWORK: Path = ("network",)


@dataclass(frozen=True)
class ListedLayer:
    """A layer or a use of a block in a list. Its place is None if it has no name of its own."""

    name: str
    tree: Tree
    place: Place | None

    @property
    def table(self) -> Mapping[str, Tree]:
        return as_table(self.tree) or {}

    @property
    def kind(self) -> str:
        kind = self.table.get("kind")
        return str(kind.value) if kind else ""

    @property
    def repeated(self) -> bool:
        return "repeat" in self.table

    @property
    def sources(self) -> list[Tree]:
        """The names that it reads."""
        return sources(self.tree)


@dataclass(frozen=True)
class LayerList:
    """The layers of the network or of a block. ``scope`` is unique among all files."""

    scope: str
    entries: Mapping[str, ListedLayer]
    ports: Sequence[str]

    def symbol(self, name: str) -> Symbol | None:
        """The symbol of a name in this list."""
        if name in self.ports:
            return Symbol("port", self.scope.partition("#")[2], name)
        return Symbol("layer", self.scope, name) if name in self.entries else None


@dataclass(frozen=True)
class Chain:
    """The bases of a spec, the lowest first, and last the spec itself."""

    sources: tuple[Source, ...]

    def stated(self, path: Path, by: Source) -> tuple[Source, Tree] | None:
        """The part of the document at ``path`` as ``by`` sees it.

        It is in the file itself, in one below it or, for a part of a base, in one above.
        """
        at = self.sources.index(by)
        for source in (*reversed(self.sources[: at + 1]), *self.sources[at + 1 :]):
            node, depth = source.tree.find(path)
            if depth == len(path):
                return source, node
        return None

    def layers(self, owner: Path, by: Source) -> LayerList | None:
        """The list of layers of the network or of a block."""
        found = self.stated((*owner, "layers"), by)
        if found is None:
            return None
        source, node = found
        entries = {n: entry(n, node.items[at]) for n, at in places(node).items()}
        for added in self._added(owner):
            name = added.get("name") if added.table else None
            if name:
                entries.setdefault(str(name.value), entry(str(name.value), added))
        shown = ".".join(map(str, owner))
        return LayerList(f"{source.path}#{shown}", entries, self.ports(owner, by))

    def _added(self, owner: Path) -> list[Tree]:
        """The layers that patches put into a list."""
        patches = (source.tree.find((*owner, "patch")) for source in self.sources)
        tables = [p for node, depth in patches if depth > len(owner) for p in node.table.values()]
        lists = [t.get(word) for t in tables for word in ("before", "after")]
        return [item for node in lists if node for item in node.items]

    def ports(self, owner: Path, by: Source) -> list[str]:
        """The names that a list has from outside."""
        if owner == NETWORK:
            several = self.stated(("inputs",), by)
            return [*several[1].table] if several else ["input"]
        stated = self.stated((*owner, "inputs"), by)
        return [str(item.value) for item in stated[1].items] if stated else ["input"]

    def parameters(self, block: str, by: Source) -> list[str]:
        """The parameters of a block or of a kind of the file, required ones first."""
        found: dict[str, None] = {}
        for section in ("blocks", "neurons", "surrogates"):
            required = self.stated((section, block, "required"), by)
            found |= dict.fromkeys(str(n.value) for n in (required[1].items if required else ()))
            others = self.stated((section, block, "parameters"), by)
            found |= dict.fromkeys(others[1].table if others else ())
        return [*found]

    @cached_property
    def variables(self) -> Mapping[str, Tree]:
        """Each variable of ``[vars]`` as the topmost file states it."""
        return self.table("vars")

    @cached_property
    def blocks(self) -> Mapping[str, Tree]:
        return self.table("blocks")

    @cached_property
    def kinds(self) -> Mapping[str, Tree]:
        """Neurons and surrogate gradients that the files define."""
        return {**self.table("surrogates"), **self.table("neurons")}

    def table(self, name: str) -> dict[str, Tree]:
        """The entries of a table at the top of all files."""
        nodes = (source.tree.get(name) for source in self.sources)
        return {key: child for node in nodes if node for key, child in node.table.items()}

    def follow(self, path: str, owner: Path, by: Source) -> list[tuple[Symbol, int]]:
        """The symbols that a path such as ``layer1.0.conv1`` names, and where each begins in it."""
        found: list[tuple[Symbol, int]] = []
        here, at, repeated = self.layers(owner, by), 0, False
        for step in path.partition("@")[0].split("."):
            if not (repeated and step.isdecimal()):
                symbol = here.symbol(step) if here else None
                if here is None or symbol is None:
                    break
                found.append((symbol, at))
                entry = here.entries.get(step)
                repeated = entry is not None and entry.repeated
                inside = entry.kind if entry and entry.kind in self.blocks else ""
                here = self.layers(("blocks", inside), by) if inside else None
            at += len(step) + 1
        return found


def entry(name: str, tree: Tree) -> ListedLayer:
    """An entry of a list, under the name that it has or is given."""
    stated = tree.get("name")
    return ListedLayer(name, tree, inner(stated) if stated else None)
