"""``feedback``: what a layer reads of its own value one step earlier, as layers and edges.

``"add"`` or another kind of two ports joins both: ``hidden.feedback``, which the layer reads.
A kind of one port, ``{ kind = "Linear" }``, is ``hidden.feedback`` on the way back, and the sum
``hidden.merged`` is what the layer reads.
"""

from dataclasses import replace

from snnc.blocks.items import Edge, Item
from snnc.blocks.parameters import Site
from snnc.blocks.state import Expander, Part, State, bad
from snnc.blocks.wiring import Read
from snnc.choice import NONE
from snnc.names import KEYS
from snnc.resolve.collect import without
from snnc.resolve.defaults import kind_of
from snnc.resolve.extends import as_table
from snnc.source.diagnostic import Diagnostic, Findings
from snnc.source.tree import Tree
from snnc.validation.words import toml

FEEDBACK = "feedback"
_ALIASES = {"add": "Add"}
_SIZES = ("out_features", "out_channels")


def taken_out(entry: Tree) -> tuple[Tree, Tree | None]:
    """A layer without its feedback, and that as a table; None if it has none.

    Raises:
        Findings: it is no kind, or says what only a layer of the list can say.
    """
    node = entry.get(FEEDBACK)
    if node is None:
        return entry, None
    table = as_table(node)
    if table is None:
        message = f"`feedback` must be the name of a kind or a table, not {toml(node)}"
        help = _instead(node)
        raise Findings(Diagnostic("SNN205", "wrong-type", message, node.place, help, node.notes))
    wrong = [_misplaced(key, child) for key, child in table.items() if key in KEYS]
    wrong += [] if kind_of(node) else [_no_kind(node)]
    if wrong:
        raise Findings(*wrong)
    found = replace(node, value=_named(table))
    return without(entry, FEEDBACK), None if kind_of(found) == NONE else found


def _instead(node: Tree) -> str | None:
    """The feedback that is meant by a mere yes or no, or by a list of edges."""
    if node.value is False:
        return "leave it out: a layer has no feedback"
    if node.value is True:
        return 'write "add" for its own value, or { kind = "Linear" } for weights'
    return 'a layer reads what another had one step earlier by `from = ["…", "NAME@-1"]`'


def fed_back(walk: Expander, item: Item, back: Tree, site: Site) -> Part:
    """The layer ``item``, which reads a merge of its input and its own past. Raises Findings."""
    state = walk.state
    if state.ports(item.at) != 1:
        raise bad("`feedback` is for layers of one input", back)
    full = state.defaults.apply(back)
    entry = full if FEEDBACK in back.table else without(full, FEEDBACK)
    ports = state.ports(entry)
    if ports == 1:
        return _way_back(walk, item, entry, site)
    if ports in (2, None):
        return _merged(state, item, entry, "feedback", Edge(item, 1))
    kind = entry.table["kind"].value
    raise bad(f"feedback goes through a kind of one or two inputs, but {kind} takes {ports}", back)


def _way_back(walk: Expander, item: Item, entry: Tree, site: Site) -> Part:
    entry, size = _sized(walk.state, entry)
    loop = walk.one(f"{item.path}.feedback", entry, site)
    loop.bind(Read((Edge(item, 1),)))
    item.inner["feedback"] = loop.item
    kind = Tree("Add", entry.key, entry.place, entry.notes)
    part = _merged(walk.state, item, entry.with_value({"kind": kind}), "merged", Edge(loop.item))
    if size:
        walk.state.sizes[loop.item.path] = size, item.inner["merged"]
    return part


def _merged(state: State, item: Item, entry: Tree, name: str, past: Edge) -> Part:
    """The item reads what joins its source and its past."""
    made = Item(f"{item.path}.{name}", entry, layer=entry)
    state.items.append(made)
    item.inner[name], item.reads = made, (Edge(made),)

    def bind(read: Read) -> None:
        made.reads = (*read.edges, past)

    return Part(item, bind)


def _sized(state: State, entry: Tree) -> tuple[Tree, str | None]:
    """A feedback layer with 1 for the size that it does not say, and the key of that."""
    kind = state.kind(entry)
    fields = kind.model_fields if kind else {}
    lacking = (k for k in _SIZES if k in fields and fields[k].is_required())
    key = next((k for k in lacking if k not in entry.table), None)
    if key is None:
        return entry, None
    node = Tree(1, entry.key, entry.place, entry.notes)
    return entry.with_value({**entry.table, key: node}), key


def _named(table: dict[str, Tree]) -> dict[str, Tree]:
    """A feedback with the name of its kind in place of the short word."""
    kind = table["kind"]
    return {**table, "kind": replace(kind, value=_ALIASES.get(str(kind.value), kind.value))}


def _no_kind(node: Tree) -> Diagnostic:
    kind = node.get("kind")
    if kind is None:
        message = "a feedback needs `kind`"
        return Diagnostic("SNN203", "missing-key", message, node.place, None, node.notes)
    message = f"`kind` must be a string, not {toml(kind)}"
    return Diagnostic("SNN205", "wrong-type", message, kind.place, None, kind.notes)


def _misplaced(key: str, node: Tree) -> Diagnostic:
    message = f"`{key}` cannot stand in `feedback`"
    return Diagnostic("SNN201", "unknown-key", message, node.key, notes=node.notes)
