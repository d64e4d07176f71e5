"""Blocks, ``repeat``, ``when`` and ``feedback`` into one flat list of layers.

It happens to the resolved document, before it is validated: whatever comes later knows only layers
with paths (``layer2.0.conv1``) that read paths. A name resolves in its own list and its ports, and
downward by path, never outward.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from snnc.blocks.definition import blocks
from snnc.blocks.flat import containers, flat, sizes
from snnc.blocks.items import Item, ScopeNames
from snnc.blocks.parameters import Site
from snnc.blocks.state import State
from snnc.blocks.unused import unused
from snnc.blocks.uses import Container, InferredSize, Repeat, Use
from snnc.blocks.walk import TooManyLayers, Walk
from snnc.blocks.wiring import Wiring
from snnc.kinds import Kind
from snnc.layer import Layer
from snnc.lazy import LazyMapping
from snnc.names import is_reference
from snnc.opaque import Opaque
from snnc.resolve import Resolved
from snnc.resolve.collect import without
from snnc.resolve.growth import size
from snnc.source.diagnostic import Diagnostic, Findings
from snnc.source.tree import Tree

__all__ = ["Container", "Expanded", "InferredSize", "Repeat", "Use", "expand"]


@dataclass(frozen=True)
class Expanded:
    """A flat document, and what it was.

    ``blocks`` are the uses and repetitions by path, outer ones first; ``sizes`` the sizes that
    shape inference has to put in. ``findings`` make the document invalid; ``problems`` are those
    of names, to be told with all that is wrong with the graph. ``broken`` blocks are opaque kinds.
    ``unnamed`` are the entries that state no name, by the path that they get.
    """

    tree: Tree
    blocks: Mapping[str, Container]
    sizes: Mapping[str, InferredSize]
    findings: tuple[Diagnostic, ...]
    problems: tuple[Diagnostic, ...]
    unused: tuple[Tree, ...]
    broken: frozenset[str] = frozenset()
    unnamed: Mapping[str, Tree] = field(default_factory=dict)


def _layers(kinds: Mapping[str, type[Kind]], broken: Collection[str]) -> Mapping[str, type[Layer]]:
    """The kinds that are layers, and those whose definition is broken."""

    def layer(name: str) -> type[Layer] | None:
        kind = Opaque if name in broken else kinds[name]
        return kind if issubclass(kind, Layer) else None

    return LazyMapping(dict.fromkeys((*kinds, *broken)), layer)


def expand(resolved: Resolved, kinds: Mapping[str, type[Kind]]) -> Expanded:
    """The document without blocks; ``kinds`` are those of layers, the file's own among them.

    Raises:
        Findings: there are too many layers.
    """
    defined = blocks(resolved.tree, kinds)
    tree = without(resolved.tree, "blocks")
    known = _layers(kinds, defined.broken)
    names = ScopeNames(_inputs(tree))
    state = State(defined.blocks, known, resolved.defaults, Wiring(names))
    state.findings.extend(defined.findings)
    layers = tree.find(("network", "layers"))
    if layers[1] < 2 or not isinstance(layers[0].value, list):
        return Expanded(tree, {}, {}, tuple(state.findings), (), ())
    sizes_of = {name: size(node, {}) for name, node in resolved.scope.names.items()}
    root = Site("", (), None, resolved.scope, sizes_of)
    try:
        Walk(state, root).layers(layers[0].items, root, names)
    except TooManyLayers:
        raise Findings(*state.findings) from None
    made = flat(tree, state, names)
    return Expanded(
        tree=made,
        blocks=containers(state),
        sizes=sizes(state),
        findings=tuple(state.findings),
        problems=tuple(state.wiring.problems),
        unused=unused(resolved.tree),
        broken=defined.broken,
        unnamed=state.unnamed,
    )


def _inputs(tree: Tree) -> dict[str, Item]:
    """The network's inputs, which are the ports of its list; the validation tells bad names."""
    several = tree.get("inputs")
    single = {"input": tree.table["input"]} if "input" in tree.table else {}
    nodes = several.table if several else single
    return {n: Item(n, node, layer=node if is_reference(n) else None) for n, node in nodes.items()}
