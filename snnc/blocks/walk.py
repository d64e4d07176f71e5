"""Goes through the lists of layers once and makes every layer an item with its path."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from snnc.blocks.feedback import fed_back, taken_out
from snnc.blocks.head import Head, fields, first, sound_head, sources, with_sources
from snnc.blocks.items import Edge, Item, ScopeNames
from snnc.blocks.parameters import Site
from snnc.blocks.place import blamed, placed
from snnc.blocks.state import Part, State, bad, broken, passes, reads
from snnc.blocks.use import use
from snnc.blocks.uses import Repeat
from snnc.blocks.wiring import Read, Reader
from snnc.kinds import keys_of
from snnc.names import FIXED, is_reference
from snnc.resolve import settle, substitute_in
from snnc.resolve.defaults import kind_of
from snnc.source.diagnostic import Diagnostic, Findings
from snnc.source.nearest import nearest
from snnc.source.tree import Tree


class TooManyLayers(Exception):
    """A limit is reached: whatever is left cannot be told."""


class Walk:
    """One expansion, which fills ``state``; ``root`` is the network's own list."""

    def __init__(self, state: State, root: Site) -> None:
        self.state, self.root = state, root

    def layers(self, entries: Sequence[Tree], site: Site, names: ScopeNames) -> None:
        """A whole list; afterwards ``names`` knows its items and ``names.above`` is the last."""
        readers: list[Reader] = []
        for position, raw in enumerate(entries):
            self.spend(raw, site)
            try:
                names.above = self.entry(raw, site, names, position, readers)
            except Findings as findings:
                self.state.findings.extend(findings.diagnostics)
                names.above = self.unread(raw, names, position)
        self.state.wiring.connect(names, readers, site.frame.block if site.frame else "")

    def spend(self, raw: Tree, site: Site, times: int = 1) -> None:
        frame = site.frame
        at = replace(raw, place=frame.place, notes=frame.notes) if frame else raw
        try:
            self.state.budget.spend(raw, site.sizes, at, times)
        except Findings as findings:
            self.state.findings.extend(findings.diagnostics)
            raise TooManyLayers from None

    def entry(
        self, raw: Tree, site: Site, names: ScopeNames, position: int, readers: list[Reader]
    ) -> Item:
        """One entry of a list, with its name. Raises Findings."""
        entry = self.read(raw, site)
        kind = kind_of(entry)
        if kind is None:  # nothing that a layer could be: the validation tells
            self.state.items.append(Item("", entry, layer=entry))
            return self.unread(entry, names, position)
        if kind in self.state.kinds:
            entry = with_sources(entry, keys_of(self.state.kinds[kind]))
        default = names.default(self.stem(kind))
        stated, wrong = sound_head(entry)
        self.state.findings.extend(wrong)
        name = stated.name or default
        if stated.name is None:
            self.state.unnamed[site.below(name)] = entry
        part = self.sound_part(site.below(name), fields(entry) if wrong else entry, stated, site)
        part.item.at = entry.get("name") or entry
        self.state.wiring.declare(names, name, part.item, position)
        if wrong:  # who reads it by a name that it cannot have is not blamed
            self.named(entry, names, part.item, position)
        else:
            above = None if "from" in entry.table else self.above(names, entry)
            readers.append(Reader(entry, position, above, part.bind))
        return part.item

    def unread(self, entry: Tree, names: ScopeNames, position: int) -> Item:
        """An item without a value, in place of an entry; whoever reads it is not blamed."""
        item = Item("", entry)
        names.doubtful = names.doubtful or "name" not in entry.table
        self.named(entry, names, item, position)
        return item

    def named(self, entry: Tree, names: ScopeNames, item: Item, position: int) -> None:
        """Lets the name that an entry states stand for an item."""
        name = entry.get("name")
        if name and is_reference(name.value):
            names.declare(str(name.value), item, position)

    def read(self, raw: Tree, site: Site) -> Tree:
        """An entry of a use with its references and defaults inserted. Raises Findings."""
        if site.frame is None:
            return raw
        try:
            raw = _if_absent(raw, site)
        except Findings as findings:
            raise Findings(*blamed(findings.diagnostics, site.frame)) from None
        done, found = settle(raw, site.scope)
        self.state.findings.extend(blamed(found, site.frame))
        return self.state.defaults.apply(placed(raw, done, site.frame))

    def stem(self, kind: str) -> str:
        """The beginning of a default name; that of the kind which was meant, if there is none."""
        meant = kind if kind in self.state.kinds or kind in self.state.blocks else None
        found = self.state.kinds.get(meant or nearest(kind, self.state.kinds, "layer") or "")
        return found.stem if found else kind.lower()

    def above(self, names: ScopeNames, entry: Tree) -> Item | None:
        """The source of an entry without a ``from``."""
        if names.above or len(names.ports) == 1:
            return names.above or next(iter(names.ports.values()))
        if names.ports:
            message = "the first layer must name one of the inputs that it reads"
            help = f'write `from = "{next(iter(names.ports))}"`, or join them by Add or Concat'
            self.state.wiring.tell("SNN301", "unknown-name", message, entry, help)
        return None

    def sound_part(self, path: str, entry: Tree, stated: Head, site: Site) -> Part:
        """The expansion of an entry; one without a value if something is wrong in it."""
        try:
            return self.part(path, entry, stated, site)
        except Findings as findings:
            self.state.findings.extend(findings.diagnostics)
            return broken(entry)

    def part(self, path: str, entry: Tree, stated: Head, site: Site) -> Part:
        """The expansion of an entry: nothing, a numbered list, or one item."""
        if not stated.when:
            return self.left_out(path, entry)
        if stated.repeat is not None:
            return self.repeated(path, entry, stated.repeat, site)
        return self.one(path, fields(entry), site, max(1, len(sources(entry))))

    def left_out(self, path: str, entry: Tree) -> Part:
        """Leave out an absent layer: its readers read its source. Raises Findings."""
        if len(sources(entry)) > 1:
            message = "a layer with several inputs cannot be absent"
            help = "its readers would have several replacements"
            raise bad(message, entry.table["when"], help)
        item = Item(path, entry)
        self.state.absent.append(item)
        return passes(item)

    def repeated(self, path: str, entry: Tree, count: int, site: Site) -> Part:
        """A chain of copies, each of which reads the one before. Raises Findings."""
        block = self.state.block(entry)
        if len(sources(entry)) > 1 or (block and len(block.inputs) > 1):
            raise bad("only a layer with one input can be repeated", entry.table["repeat"])
        group, parts = Item(path, entry), list[Part]()
        self.state.containers[path] = Repeat(count), group
        self.spend(entry, replace(site, frame=None, sizes={}), count)
        for index in range(count):
            instance = fields(entry if index else first(entry))
            parts.append(self.one(f"{path}.{index}", instance, site))
        for before, part in pairwise(parts):
            part.bind(Read((Edge(before.item),)))
        group.inner = {str(index): part.item for index, part in enumerate(parts)}
        group.through = Edge(parts[-1].item)
        return Part(group, parts[0].bind)

    def one(self, path: str, entry: Tree, site: Site, count: int = 1) -> Part:
        """A layer or a use of a block that reads ``count`` others; ``entry`` has no head."""
        block = self.state.block(entry)
        if block:
            return use(self, path, entry, block, site, count)
        return self.layer(path, entry, site, count)

    def layer(self, path: str, entry: Tree, site: Site, count: int) -> Part:
        """A layer. Several inputs are refused where all layers are, and without feedback."""
        self.check_kind(entry)
        rest, back = taken_out(entry)
        item = Item(path, entry, layer=rest)
        part = reads(item)
        if back is not None and (count == 1 or self.state.ports(entry) != 1):
            part = fed_back(self, item, back, site)
        self.state.items.append(item)
        return part

    def check_kind(self, entry: Tree) -> None:
        """Check for a misspelt block; the validation knows no blocks. Raises Findings."""
        kind, node = str(kind_of(entry)), entry.table["kind"]
        if kind in self.state.kinds:
            return
        guess = nearest(kind, [*self.state.kinds, *self.state.blocks])
        if guess in self.state.blocks:
            message, help = f"there is no layer `{kind}`", f"did you mean `{guess}`?"
            found = Diagnostic("SNN202", "unknown-kind", message, node.place, help, node.notes)
            raise Findings(found)


def _if_absent(raw: Tree, site: Site) -> Tree:
    """The keys that an absent layer needs, since its other keys may have no value."""
    when = raw.get("when")
    if when is None or substitute_in(when, site.scope).value is not False:
        return raw
    return raw.with_value({key: node for key, node in raw.table.items() if key in FIXED[:-1]})
