"""``[defaults]``: what a layer says when it says nothing, per kind and for every neuron.

The layer's own keys win over those of its kind, and these over ``neuron``, which is for every kind
that spikes. Of ``neuron`` a kind takes what it has; what no kind has is left for the validation to
refuse. What is filled in keeps the place of its default and notes the layer. The table itself is
consumed.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial

from snnc.resolve.collect import each_entry, each_item, without
from snnc.resolve.extends import as_table, merge
from snnc.resolve.scope import annotate
from snnc.source.diagnostic import Diagnostic, Findings, Note, Place
from snnc.source.nearest import nearest
from snnc.source.tree import Tree

NEURON = "neuron"
_OF_ONE = ("when", "repeat", "first")


@dataclass(frozen=True)
class Defaults:
    """The entries of ``[defaults]``, and the kinds that ``neuron`` is for, with their keys."""

    entries: dict[str, Tree]
    spiking: Mapping[str, frozenset[str]]

    def apply(self, layer: Tree) -> Tree:
        """The layer, as a table, with its defaults filled in. Applied twice, it changes nothing."""
        own = as_table(layer)
        if own is None or "kind" not in own:
            return layer
        filled = replace(layer, value=own)
        note = Note(layer.place, "used by this layer")
        for name in self.names(layer):
            entry = annotate(self._entry(name, own["kind"].value), note)
            filled = replace(layer, value=merge(entry, without(filled, "kind")).table)
        return filled.with_value({"kind": own["kind"], **filled.table})

    def _entry(self, name: str, kind: object) -> Tree:
        entry = self.entries[name]
        if name != NEURON:
            return entry
        keys = self.spiking[str(kind)]
        kept = (key for key in entry.table if key in keys or not self._known(key))
        return entry.with_value({key: entry.table[key] for key in kept})

    def _known(self, key: str) -> bool:
        """Whether some kind that spikes has a key."""
        return any(key in keys for keys in self.spiking.values())

    def names(self, layer: Tree) -> tuple[str, ...]:
        """The entries that the layer uses, the one that wins first."""
        kind = kind_of(layer)
        names = (kind, NEURON) if kind in self.spiking else (kind,)
        return tuple(name for name in names if name is not None and name in self.entries)


def apply_defaults(
    tree: Tree, spiking: Mapping[str, frozenset[str]], known: Collection[str]
) -> tuple[Tree, frozenset[str]]:
    """The document with defaults inserted, and the names of unused defaults. Raises Findings."""
    problems = check_defaults(tree, known)
    if problems:
        raise Findings(*problems)
    defaults = defaults_of(tree, spiking)
    changed = each_entry(without(tree, "defaults"), partial(_layers, defaults))
    return changed, _unused(tree, defaults)


def defaults_of(tree: Tree, spiking: Mapping[str, frozenset[str]]) -> Defaults:
    node = tree.get("defaults")
    return Defaults(node.table if node else {}, spiking)


def check_defaults(tree: Tree, known: Collection[str]) -> tuple[Diagnostic, ...]:
    """Whatever is wrong with ``[defaults]`` itself."""
    node = tree.get("defaults")
    if node is None:
        return ()
    if not isinstance(node.value, dict):
        return (_bad("`defaults` must be a table", node.place),)
    checked = (_check(name, entry, known) for name, entry in node.table.items())
    return tuple(problem for problem in checked if problem)


def kind_of(layer: Tree) -> str | None:
    own = as_table(layer) or {}
    kind = own["kind"].value if "kind" in own else None
    return kind if isinstance(kind, str) else None


def _check(name: str, entry: Tree, known: Collection[str]) -> Diagnostic | None:
    if name != NEURON and name not in known:
        close = nearest(name, [NEURON, *sorted(known)])
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


def _unused(tree: Tree, defaults: Defaults) -> frozenset[str]:
    """The defaults that no layer uses. A kind that is a block's parameter may be any kind."""
    layers = _all_layers(tree)
    if any((kind_of(layer) or "").startswith("$") for layer in layers):
        return frozenset()
    return frozenset(defaults.entries).difference(*(defaults.names(layer) for layer in layers))


def _all_layers(tree: Tree) -> list[Tree]:
    blocks = tree.get("blocks")
    owners = [tree.get("network"), *(blocks.table.values() if blocks else ())]
    lists = [owner.get("layers") for owner in owners if owner]
    return [layer for layers in lists if layers for layer in layers.items]


def _bad(message: str, place: Place) -> Diagnostic:
    return Diagnostic("SNN107", "bad-default", message, place)
