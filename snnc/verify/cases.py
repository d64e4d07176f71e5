"""Under which conditions a network is compared."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import torch

from snnc.graph.types import Graph
from snnc.verify.compare import Limits

Numbers = Literal["float64", "dyadic"]
_FEW = 8  # a leak of 1/2 takes a digit a step, and a float32 has 24
_HEAVY = 10**9  # MACs over all steps of a sample from which on a batch is as small as can be


@dataclass(frozen=True)
class Case:
    """A mode, numbers, T and B.

    "float64" are random numbers, equal up to rounding; "dyadic" are float32 with few binary
    digits, so that what is not rounded is equal to the last bit.
    """

    training: bool
    numbers: Numbers
    steps: int
    batch: int

    def __str__(self) -> str:
        return f"{self.mode}, {self.numbers}, T = {self.steps}, B = {self.batch}"

    @property
    def mode(self) -> str:
        return "train" if self.training else "eval"

    @property
    def dtype(self) -> torch.dtype:
        return torch.float64 if self.numbers == "float64" else torch.float32

    @property
    def limits(self) -> Limits:
        """Gradients of surrogates are rounded, whatever the numbers are."""
        if self.numbers == "float64":
            return Limits()
        return Limits(forward=0.0, gradients=1e-4, floor=1e-2)


def cases(graph: Graph, batch: int, free: bool, few: bool) -> Iterator[Case]:
    """Both modes and both sorts of numbers; unless ``few``, one step and one sample as well.

    ``free``: T can be chosen.
    """
    steps = graph.time_steps
    for training in (True, False):
        yield Case(training, "float64", steps, batch)
        if not few and free and steps > 1:
            yield Case(training, "float64", 1, batch)
        if not few and batch > 1:
            yield Case(training, "float64", steps, 1)
        yield Case(training, "dyadic", _dyadic(steps) if free else steps, batch)


def _dyadic(steps: int) -> int:
    """The largest power of two that is neither more than ``steps`` nor many."""
    return max(power for power in (1, 2, 4, _FEW) if power <= steps)


def usual_batch(graph: Graph) -> int:
    """3; 1 where a sample costs more than a second or so."""
    macs = sum(node.operator.macs(*node.shapes) for node in graph.nodes)
    return 3 if macs * graph.time_steps < _HEAVY else 1
