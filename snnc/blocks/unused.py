"""Blocks that no layer uses, also by way of other blocks."""

from collections.abc import Iterator

from snnc.resolve.extends import as_table
from snnc.source.tree import Tree


def unused(tree: Tree) -> tuple[Tree, ...]:
    """Their definitions. If a layer's kind is a parameter, it may be any block."""
    node = tree.get("blocks")
    defined = node.table if node else {}
    used: set[str] = set()
    reached = [*_kinds(tree.get("network"))]
    while reached:
        kind = reached.pop()
        if kind.startswith("$"):
            return ()
        if kind in defined and kind not in used:
            used.add(kind)
            reached += _kinds(defined[kind])
    return tuple(defined[name] for name in defined if name not in used)


def _kinds(owner: Tree | None) -> Iterator[str]:
    """The kinds of the layers of a list, and of their feedback."""
    layers = owner.get("layers") if owner else None
    for layer in layers.items if layers else ():
        yield from _kind(layer)
        feedback = layer.get("feedback")
        yield from _kind(feedback) if feedback else ()


def _kind(node: Tree) -> Iterator[str]:
    if isinstance(node.value, str):
        yield node.value
    kind = (as_table(node) or {}).get("kind")
    if kind and isinstance(kind.value, str):
        yield kind.value
