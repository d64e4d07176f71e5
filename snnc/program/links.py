"""The links of a chain: ops alone, and a neuron with the ops of its feedback."""

from snnc.graph.cycles import components
from snnc.program.types import Op, Scan


def links(region: Scan) -> tuple[tuple[Op, ...], ...]:
    """The ops of a chain, each with those that form a cycle with it."""
    by_name = {op.writes: op for op in region.ops}
    groups = components({op.writes: op.reads for op in region.ops})
    return tuple(tuple(by_name[name] for name in group) for group in groups)


def outside(link: tuple[Op, ...]) -> tuple[str, ...]:
    """The values that a link reads and does not write."""
    inside = {op.writes for op in link}
    return tuple(name for op in link for name in op.reads if name not in inside)
