"""``[defaults]``: what a layer says when it says nothing, per kind and for every neuron.

The layer's own keys win over those of its kind, and these over ``neuron``, which is for every kind
that spikes. Of ``neuron`` a kind takes what it has; what no kind has is left for the validation to
refuse. What is filled in keeps the place of its default and notes the layer. The table itself is
consumed.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from snnc.resolve.collect import each_entry, each_item, without
from snnc.resolve.extends import as_table, merge
from snnc.resolve.scope import annotate
from snnc.source.diagnostic import Diagnostic, Note, Place
from snnc.source.nearest import nearest
from snnc.source.tree import Tree

NEURON = "neuron"
_OF_ONE = ("when", "repeat", "first")


@dataclass(frozen=True)
class Defaults:
    """The entries of ``[defaults]``, and the kinds that ``neuron`` is for, with their keys.

    Keys that a kind does not have, as ``keys`` says, are handed to one layer only: for each of
    thousands they would be told and forgotten again. ``told`` are the entries of which they were.
    """

    entries: dict[str, Tree]
    spiking: Mapping[str, frozenset[str]]
    keys: Mapping[str, frozenset[str]] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)

    def apply(self, layer: Tree) -> Tree:
        """The layer, as a table, with its defaults filled in. Applied twice, it changes nothing."""
        own = as_table(layer)
        if own is None or "kind" not in own:
            return layer
        filled = replace(layer, value=own)
        note = Note(layer.place, "used by this layer")
        for name in self.names(layer):
            entry = annotate(self.once(name, own["kind"].value), note)
            filled = replace(layer, value=merge(entry, without(filled, "kind")).table)
        return filled.with_value({"kind": own["kind"], **filled.table})

    def entry(self, name: str, kind: object) -> Tree:
        """The defaults of that name that a kind takes."""
        entry = self.entries[name]
        if name != NEURON:
            return entry
        keys = self.spiking.get(str(kind), frozenset())  # "neuron" itself is no kind
        kept = (key for key in entry.table if key in keys or not self._known(key))
        return entry.with_value({key: entry.table[key] for key in kept})

    def once(self, name: str, kind: object) -> Tree:
        """The defaults of that name, with keys that the kind does not have for the first layer."""
        entry, keys = self.entry(name, kind), self.keys.get(str(kind))
        if keys is None or name not in self.told:
            self.told.add(name)
            return entry
        return entry.with_value({key: node for key, node in entry.table.items() if key in keys})

    def _known(self, key: str) -> bool:
        """Whether some kind that spikes has a key."""
        return any(key in keys for keys in self.spiking.values())

    def names(self, layer: Tree) -> tuple[str, ...]:
        """The entries that the layer uses, the one that wins first."""
        kind = kind_of(layer)
        names = (kind, NEURON) if kind in self.spiking else (kind,)
        return tuple(name for name in names if name is not None and name in self.entries)


def apply_defaults(tree: Tree, defaults: Defaults) -> tuple[Tree, tuple[Tree, ...]]:
    """The document with sound defaults inserted, and the entries and keys that nothing uses."""
    changed = each_entry(without(tree, "defaults"), partial(_layers, defaults))
    return changed, _unused(tree, defaults)


def sound_defaults(
    tree: Tree, known: Collection[str]
) -> tuple[Tree, tuple[Diagnostic, ...], frozenset[str]]:
    """The document without defaults that are wrong, what is wrong, and the keys that they had."""
    node = tree.get("defaults")
    if node is None:
        return tree, (), frozenset()
    if not isinstance(node.value, dict):
        found = (_bad("`defaults` must be a table", node.place),)
        return without(tree, "defaults"), found, frozenset()
    told = {name: _check(name, entry, known) for name, entry in node.table.items()}
    wrong = {name: found for name, found in told.items() if found}
    keys = frozenset(key for name in wrong for key in node.table[name].table)
    kept = node.with_value({k: n for k, n in node.table.items() if k not in wrong})
    return tree.with_value({**tree.table, "defaults": kept}), (*wrong.values(),), keys


def defaults_of(
    tree: Tree,
    spiking: Mapping[str, frozenset[str]],
    keys: Mapping[str, frozenset[str]] | None = None,
) -> Defaults:
    """The defaults that a document states."""
    node = tree.get("defaults")
    return Defaults(node.table if node else {}, spiking, keys or {})


def kind_of(layer: Tree) -> str | None:
    own = as_table(layer) or {}
    kind = own["kind"].value if "kind" in own else None
    return kind if isinstance(kind, str) else None


def _check(name: str, entry: Tree, known: Collection[str]) -> Diagnostic | None:
    if name != NEURON and name not in known:
        close = nearest(name, [NEURON, *sorted(known)], "layer")
        table = "write a table for each kind, or `neuron = { … }` for all that spike"
        hint = f"did you mean `{close}`?" if close else table
        return Diagnostic("SNN105", "unknown-kind", f"no kind is named `{name}`", entry.key, hint)
    if not isinstance(entry.value, dict):
        return _bad(f"the defaults of `{name}` must be a table", entry.place)
    if "kind" in entry.table:
        return _bad("a default cannot change a layer's kind", entry.table["kind"].key)
    if found := [key for key in _OF_ONE if key in entry.table]:
        return _bad(
            f"`{found[0]}` belongs to one layer and has no default", entry.table[found[0]].key
        )
    return None


def _layers(defaults: Defaults, key: str, node: Tree) -> Tree:
    """A block's layers are filled in where the block is used, by ``Defaults.apply``."""
    layers = node.get("layers") if key == "network" else None
    if layers is None or not isinstance(layers.value, list):
        return node
    return node.with_value({**node.table, "layers": each_item(layers, defaults.apply)})


def _unused(tree: Tree, defaults: Defaults) -> tuple[Tree, ...]:
    """The defaults that no layer uses, and those keys of the others that every layer states.

    A kind that is a block's parameter may be any kind.
    """
    layers = _all_layers(tree)
    if any((kind_of(layer) or "").startswith("$") for layer in layers):
        return ()
    taken: dict[str, set[str]] = {}
    for layer in layers:
        stated = {key for key, node in (as_table(layer) or {}).items() if _replaces(node)}
        for name in defaults.names(layer):
            own = defaults.entry(name, kind_of(layer)).table
            taken.setdefault(name, set()).update(own.keys() - stated)
            stated |= {key for key, node in own.items() if _replaces(node)}
    return tuple(_without_effect(defaults.entries, taken))


def _replaces(node: Tree) -> bool:
    """Whether nothing of a default is left where ``node`` is stated: other tables merge."""
    return not isinstance(node.value, dict) or "kind" in node.table


def _without_effect(entries: Mapping[str, Tree], taken: Mapping[str, set[str]]) -> Iterator[Tree]:
    for name, entry in entries.items():
        if name not in taken:
            yield entry
        else:
            yield from (node for key, node in entry.table.items() if key not in taken[name])


def _all_layers(tree: Tree) -> list[Tree]:
    blocks = tree.get("blocks")
    owners = [tree.get("network"), *(blocks.table.values() if blocks else ())]
    lists = [owner.get("layers") for owner in owners if owner]
    layers = [layer for layers in lists if layers for layer in layers.items]
    return [*layers, *(back for layer in layers if (back := layer.get("feedback")))]


def _bad(message: str, place: Place) -> Diagnostic:
    return Diagnostic("SNN107", "bad-default", message, place)
