"""Passes: Program in, Program out. Each is legal in training and in eval, or does nothing."""

from typing import Protocol

from snnc.passes.fold import Fold
from snnc.passes.hoist import Hoist
from snnc.program.types import Program
from snnc.program.verify import verify


class Pass(Protocol):
    """One rewrite of a Program."""

    @property
    def name(self) -> str: ...

    def apply(self, program: Program) -> Program:
        """A Program of the same meaning."""
        ...


PIPELINE: tuple[Pass, ...] = (Hoist(), Fold())
"""Every pass, in order."""

SCHEDULES = {"fold": PIPELINE, "step": PIPELINE[:1]}
"""The passes of each schedule; none of them changes what the network computes."""


def run(program: Program, schedule: str, after: str | None = None) -> Program:
    """The program after the passes of ``schedule``, or after the pass ``after`` ("lower": none)."""
    verify(program)
    if after == "lower":
        return program
    for step in SCHEDULES[schedule]:
        program = verify(step.apply(program))
        if step.name == after:
            break
    return program
