"""Drop: operators that no output depends on are not computed.

An operator that updates a buffer stays, and so does everything that it reads. The parameters of a
dropped operator stay in the ``state_dict``, because a pass never changes that.
"""

from dataclasses import dataclass

from snnc.program.types import Op, Program


@dataclass(frozen=True)
class Drop:
    """Removes operators whose values nothing reads, and then the operators that only they read."""

    name: str = "drop"
    optional: bool = True
    stepwise: bool = False
    hides_values: bool = True

    def apply(self, given: Program) -> Program:
        alive = _alive(given)
        gone = [op for _, op in given.placed() if op.writes not in alive]
        names = {op.writes for op in gone}
        regions = (given.without(region, names) for region in given.regions)
        dropped = tuple((op.writes, "no output depends on it") for op in gone)
        return given.with_regions(regions, dropped)


def _alive(given: Program) -> set[str]:
    """Outputs, operators that update buffers, and everything that they depend on."""
    ops = {op.writes: op for _, op in given.placed()}
    reached = [name for name, op in ops.items() if needed(given, op)]
    alive: set[str] = set()
    while reached:
        name = reached.pop()
        if name in ops and name not in alive:
            alive.add(name)
            reached += ops[name].reads
    return alive


def needed(given: Program, op: Op) -> bool:
    """Whether an operator must run although nothing may read it."""
    updates = any(mode.updates for mode in given.node(op).modes)
    return updates or op.writes in given.graph.answers
