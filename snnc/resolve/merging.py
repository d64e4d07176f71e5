"""One table on top of another."""

from snnc.source.tree import Tree


def merge(base: Tree, over: Tree) -> Tree:
    """``over`` on top of ``base``; the result stands where ``over`` was written."""
    below, above = as_table(base), over.table
    if below is None or not isinstance(over.value, dict) or "kind" in above:
        return over
    shared = {key: merge(below[key], node) for key, node in above.items() if key in below}
    return over.with_value({**below, **above, **shared})


def as_table(tree: Tree) -> dict[str, Tree] | None:
    """A table's entries. A lone identifier under a table is a kind: "X" is { kind = "X" }."""
    if isinstance(tree.value, str) and tree.value.isidentifier():
        return {"kind": tree}
    return tree.value if isinstance(tree.value, dict) else None
