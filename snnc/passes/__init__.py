"""Passes: Program in, Program out. A pass is legal in both modes, or does nothing."""

import math
from collections.abc import Collection
from typing import Protocol

from snnc.graph.types import Graph
from snnc.passes.crop import Crop
from snnc.passes.drop import Drop
from snnc.passes.fold import FoldTime
from snnc.passes.fuse import Fuse
from snnc.passes.hoist import Hoist
from snnc.passes.norm import Norm
from snnc.passes.pool import PoolInKernel
from snnc.passes.recur import Recur
from snnc.passes.sink import Sink
from snnc.passes.whole import WholeChains
from snnc.program.types import Program
from snnc.program.verify import minimal, verify


class Pass(Protocol):
    """One rewrite of a Program.

    ``optional``: a spec may leave it out by ``[build] passes``. ``stepwise``: the schedule "step"
    has it too. ``hides_values``: after it some values no longer exist, or not whole, at every step.
    """

    @property
    def name(self) -> str: ...
    @property
    def optional(self) -> bool: ...
    @property
    def stepwise(self) -> bool: ...
    @property
    def hides_values(self) -> bool: ...

    def apply(self, program: Program) -> Program:
        """A Program with the same meaning."""
        ...


PIPELINE: tuple[Pass, ...] = (
    *(Hoist(), Sink(), Drop(), FoldTime()),
    *(Fuse(), Recur(), PoolInKernel(), Norm(), Crop(), WholeChains()),
)
"""Every pass, in order."""

SCHEDULES = {"fold": PIPELINE, "step": tuple(step for step in PIPELINE if step.stepwise)}
"""The passes of each schedule; none of them changes what the network computes."""

OPTIONAL = tuple(step.name for step in PIPELINE if step.optional)
"""Those that a spec may leave out."""

PLAIN = frozenset(step.name for step in PIPELINE if step.hides_values)
"""Those to leave out if every value is wanted at every step."""


MOST = 2**28
"""Bytes of one sample's values over all steps up to which "auto" folds."""


def scheduled(schedule: str, graph: Graph) -> str:
    """The schedule that the spec selects.

    "auto" folds, which is faster, unless the values of one sample over all time steps (in fp32) are
    so large that a batch fits into memory only step by step.
    """
    if schedule != "auto":
        return schedule
    size = 4 * graph.time_steps * sum(math.prod(node.shape) for node in graph.nodes)
    return "fold" if size <= MOST else "step"


def run(
    program: Program, schedule: str, after: str | None = None, without: Collection[str] = ()
) -> Program:
    """The program after the passes of ``schedule``, or after the pass ``after`` ("lower": none).

    The passes named in ``without`` are left out.
    """
    verify(program)
    for step in SCHEDULES[schedule] if after != "lower" else ():
        if step.name not in without and (made := step.apply(program)) != program:
            program = verify(made)
        if step.name == after:
            return program
    return minimal(program) if schedule == "fold" and after is None else program
