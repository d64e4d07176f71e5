"""A block where it is used: its parameters, its ports, and its layers one level below."""

from snnc.blocks.definition import Block
from snnc.blocks.items import Edge, Item, ScopeNames
from snnc.blocks.parameters import Site, given, inside
from snnc.blocks.state import Expander, Part, broken, hands_in
from snnc.blocks.uses import Use
from snnc.source.diagnostic import Diagnostic, Findings
from snnc.source.tree import Tree

DEEPEST = 32
"""How deep uses of blocks nest."""


def use(walk: Expander, path: str, entry: Tree, block: Block, site: Site, count: int) -> Part:
    """The use ``entry``, which reads ``count`` others. Raises Findings."""
    _check_depth(entry, block, site)
    uses = (*site.uses, block.name)
    within = inside(block, entry, given(block, entry), path, uses, walk.root)
    if count != len(block.inputs):
        return _wrong_inputs(walk, entry, block, count)
    ports = {name: Item("", block.tree) for name in block.inputs}
    names, item = ScopeNames(ports), Item(path, entry)
    values = {name: within.scope.names[name].plain() for name in within.parameters}
    walk.state.containers[path] = Use(block.name, values, dict.fromkeys(block.inputs, "")), item
    walk.layers(block.layers, within, names)
    item.inner, item.through = names.items, Edge(names.above) if names.above else None
    return hands_in(item, list(ports.values()))


def _check_depth(entry: Tree, block: Block, site: Site) -> None:
    kind = entry.table["kind"]
    if block.name in site.uses:
        chain = (*site.uses[site.uses.index(block.name) :], block.name)
        around = " → ".join(f"`{name}`" for name in chain)
        message, code, name = f"a block cannot use itself: {around}", "SNN211", "recursive-block"
    elif len(site.uses) == DEEPEST:
        message, code, name = f"blocks nest more than {DEEPEST} deep", "SNN212", "too-large"
    else:
        return
    raise Findings(Diagnostic(code, name, message, kind.place, None, kind.notes))


def _wrong_inputs(walk: Expander, entry: Tree, block: Block, count: int) -> Part:
    want = len(block.inputs)
    words = "one input" if want == 1 else f"{want} inputs"
    ports = ", ".join(f'"{name}"' for name in block.inputs)
    help = f"name what goes to each, in this order: `from = [{ports}]`"
    help = "join them by Add or Concat" if want == 1 else help
    message = f"{block.name} takes {words}, not {count}"
    walk.state.wiring.tell("SNN304", "wrong-inputs", message, entry, help)
    return broken(entry)
