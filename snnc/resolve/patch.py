"""``[network.patch.conv1]``: layers of a base changed, removed or added to, by their names.

    [network.patch.conv1]
    out_channels = 64                 # merged into the layer, as tables are
    after = ["BatchNorm2d"]           # layers that follow it; `before` likewise

    [network.patch.dropout1]
    remove = true

The list of a block is patched in the same way (``[blocks.Cell.patch.fc]``). All names are those
before the patch; one that no layer has is an error.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NoReturn

from snnc.kinds import catalog
from snnc.names import KEYS
from snnc.resolve.merging import as_table, merge
from snnc.source.diagnostic import Diagnostic, Findings, Place
from snnc.source.nearest import nearest
from snnc.source.tree import Tree

KEY = "patch"
_AROUND = ("before", "after")
_STAYS = tuple(key for key in KEYS if key != "first")
"""Keys of a layer that say where it is: another kind in its place keeps them."""


def patched(tree: Tree) -> tuple[Tree, list[Diagnostic]]:
    """The document with its patches made and taken out, and what is wrong with others."""
    network, blocks = tree.get("network"), tree.get("blocks")
    entries, found = dict(tree.table), list[Diagnostic]()
    if network:
        entries["network"] = _patched(network, found)
    if blocks and isinstance(blocks.value, dict):
        made = {name: _patched(block, found) for name, block in blocks.table.items()}
        entries["blocks"] = blocks.with_value(made)
    return tree.with_value(entries), found


def doubled(tree: Tree) -> list[Diagnostic]:
    """The findings that a file patches layers which it lists itself."""
    blocks = tree.get("blocks")
    owners = (tree.get("network"), *(blocks.table.values() if blocks else ()))
    said = "these layers stand in this file", "change them there"
    both = [o.table[KEY] for o in owners if o and {KEY, "layers"} <= o.table.keys()]
    return [_bad(patch.key, *said) for patch in both]


def _patched(owner: Tree, found: list[Diagnostic]) -> Tree:
    patches, layers = owner.get(KEY), owner.get("layers")
    if patches is None:
        return owner
    rest = {key: node for key, node in owner.table.items() if key != KEY}
    if layers is None or not isinstance(layers.value, list):
        found.append(_bad(patches.key, "there is no list of layers to patch", "a base has it"))
        return owner.with_value(rest)
    if not isinstance(patches.value, dict):
        help = f"write [network.{KEY}.NAME]"
        found.append(_bad(patches.place, f"`{KEY}` must be a table of names", help))
        return owner.with_value(rest)
    made = layers.with_value([*_layers(layers, patches, found)])
    return owner.with_value({**rest, "layers": made})


def _layers(layers: Tree, patches: Tree, found: list[Diagnostic]) -> Iterator[Tree]:
    """The list with the patches that can be made."""
    positions = places(layers)
    _check_names(patches, positions, found)
    changes = {positions[n]: change for n, change in patches.table.items() if n in positions}
    for at, layer in enumerate(layers.items):
        try:
            yield from _changed(layer, changes.get(at))
        except Findings as findings:
            found += findings.diagnostics
            yield layer


def _check_names(patches: Tree, places: Mapping[str, int], found: list[Diagnostic]) -> None:
    for name, change in patches.table.items():
        if name not in places:
            close = nearest(name, [*places])
            help = f"did you mean `{close}`?" if close else _named(places)
            found.append(_bad(change.key, f"there is no layer `{name}` to patch", help))


def _named(places: Mapping[str, int]) -> str:
    few = [f"`{name}`" for name in [*places][:8]]
    return f"the layers are {', '.join(few)}{' …' if len(places) > len(few) else ''}"


def places(layers: Tree) -> dict[str, int]:
    """The positions of the layers by their names; one without gets that of its kind."""
    found: dict[str, int] = {}
    counts: Counter[str] = Counter()
    for at, layer in enumerate(layers.items):
        table = as_table(layer) or {}
        stem, stated = _stem(table.get("kind")), table.get("name")
        counts[stem] += 1
        name = str(stated.value) if stated else f"{stem}{counts[stem]}"
        found.setdefault(name, at)
    return found


def _stem(kind: Tree | None) -> str:
    """The word that a layer without a name is called by, before its number."""
    name = str(kind.value) if kind else ""
    found = catalog("snnc.layers").get(name) or catalog("snnc.neurons").get(name)
    return str(getattr(found, "stem", name.lower()))


def _changed(layer: Tree, change: Tree | None) -> list[Tree]:
    """The layers that stand in the place of one."""
    if change is None:
        return [layer]
    if not isinstance(change.value, dict):
        _refuse(change.place, "a patch is a table of keys", "such as { out_features = 64 }")
    keys = {k: node for k, node in change.table.items() if k not in (*_AROUND, "remove")}
    before, after = (_added(change.get(word), word) for word in _AROUND)
    if _removed(change):
        if keys:
            _refuse(change.key, "a layer that is removed has no keys", "write only `remove = true`")
        return [*before, *after]
    return [*before, _merged(layer, change.with_value(keys)) if keys else layer, *after]


def _merged(layer: Tree, change: Tree) -> Tree:
    """The layer with other keys; one of another kind stays where it is."""
    if "kind" not in change.table:
        return merge(layer, change)
    kept = {key: node for key, node in layer.table.items() if key in _STAYS}
    return change.with_value({**kept, **change.table})


def _added(layers: Tree | None, word: str) -> list[Tree]:
    if layers is not None and not isinstance(layers.value, list):
        _refuse(layers.place, f"`{word}` must be an array of layers", f"write `{word} = [ … ]`")
    return layers.items if layers else []


def _removed(change: Tree) -> bool:
    stated = change.get("remove")
    if stated is not None and not isinstance(stated.value, bool):
        _refuse(stated.place, "`remove` must be true or false", "write `remove = true`")
    return stated is not None and stated.value is True


def _refuse(place: Place, message: str, help: str) -> NoReturn:
    raise Findings(_bad(place, message, help))


def _bad(place: Place, message: str, help: str) -> Diagnostic:
    return Diagnostic("SNN108", "bad-patch", message, place, help)
