"""The size of a document after its variables are inserted, computed beforehand.

Ten variables of ten references each would otherwise make ten thousand million values.
"""

from collections.abc import Mapping
from typing import NamedTuple

from snnc.resolve.references import dependencies, in_order
from snnc.resolve.scope import alias
from snnc.source.diagnostic import Diagnostic, Findings
from snnc.source.limits import MAX_DEPTH
from snnc.source.tree import Tree

MOST = 100_000
DEEPEST = MAX_DEPTH + 1


class Growth(NamedTuple):
    """The number of values in a tree, and their depth."""

    values: int
    depth: int


def check_growth(tree: Tree, node: Tree) -> None:
    """Reject a document that variables, the table ``node``, make huge. Raises Findings."""
    sizes: dict[str, Growth] = {}
    for name in in_order(dependencies(node)):
        sizes[name] = size(node.table[name], sizes)
    total, now = size(tree, sizes), size(tree, {})
    if total.values - now.values > MOST or total.depth > DEEPEST:
        raise Findings(_too_large(node))


def size(tree: Tree, sizes: Mapping[str, Growth]) -> Growth:
    """The size of a tree once each reference is replaced by what has the size of its name."""
    name = alias(tree)
    if name is not None:
        return sizes.get(name, Growth(1, 1))
    inner = [size(child, sizes) for child in (*tree.table.values(), *tree.items)]
    depth = max((part.depth for part in inner), default=0)
    return Growth(1 + sum(part.values for part in inner), 1 + depth)


def _too_large(node: Tree) -> Diagnostic:
    message = f"the variables would add more than {MOST} values, or nest more than {MAX_DEPTH} deep"
    return Diagnostic("SNN106", "bad-variable", message, node.key)
