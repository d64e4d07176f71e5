"""The links of a chain (``Scan.links``), each with what it reads."""

from snnc.program.types import Op


def outside(link: tuple[Op, ...]) -> tuple[str, ...]:
    """The values that a link reads and does not write."""
    inside = {op.writes for op in link}
    return tuple(name for op in link for name in op.reads if name not in inside)
