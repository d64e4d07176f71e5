"""Numbers that nothing generated can hold, whatever key they stand at.

Models check numbers against what their kinds allow. What is checked here, once for every key, is
what the generated code computes with: 64-bit integers and float32.
"""

from collections.abc import Iterator
from math import isfinite

from snnc.floats import LARGEST, SMALLEST
from snnc.resolve.arithmetic import too_large
from snnc.source.diagnostic import Diagnostic
from snnc.source.tree import UNKNOWN, Tree
from snnc.validation.words import toml


def extremes(tree: Tree) -> list[Diagnostic]:
    """The numbers of a document that do not fit, each place once.

    Infinities and NaN are left to the models: some keys may have them.
    """
    found = {node.place: _told(key, node) for key, node in _scalars(tree) if _unfit(node.value)}
    return list(found.values())


def without_extremes(tree: Tree) -> Tree:
    """The document with unknown values in their place."""
    if isinstance(tree.value, dict):
        return tree.with_value({k: without_extremes(n) for k, n in tree.table.items()})
    if isinstance(tree.value, list):
        return tree.with_value([without_extremes(item) for item in tree.items])
    return tree.with_value(UNKNOWN) if _unfit(tree.value) else tree


def _scalars(tree: Tree) -> Iterator[tuple[str, Tree]]:
    """Every scalar with the key at which it, or the array around it, stands."""
    ahead = [("", tree)]
    while ahead:
        key, node = ahead.pop()
        if node.table or node.items:
            ahead += [*node.table.items(), *((key, item) for item in node.items)]
        else:
            yield key, node


def _unfit(value: object) -> bool:
    if isinstance(value, float):
        size = abs(value)
        return isfinite(value) and size != 0 and not SMALLEST <= size <= LARGEST
    return too_large(value)


def _told(key: str, node: Tree) -> Diagnostic:
    message = f"`{key}` is too large: integers have 64 bits"
    help = None
    if isinstance(node.value, float):
        end, help = (
            ("small", f"write 0.0, or at least {SMALLEST:.3g}")
            if abs(node.value) < 1
            else ("large", f"the largest is {LARGEST:.3g}")
        )
        message = f"`{key}` is {toml(node)}, which is too {end} for a number of float32"
    return Diagnostic("SNN204", "bad-value", message, node.place, help, node.notes)
