"""Encoders: how data enters time."""

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from snnc.layer import Draw, Operator, Site
from snnc.shapes import Shape
from snnc.step.bounds import ANYTHING, Bounds


def moments(site: Site) -> tuple[str, ...]:
    """The names by which a call tells which steps it is for."""
    return ("first", "t") if site == "step" else ("first", "time_steps")


def drawn(site: Site) -> tuple[str, ...]:
    """The names by which a call draws random numbers for these steps."""
    return ("seed", *moments(site))


class Encoder(Operator):
    """Makes a value at every step of a sample of data.

    ``timed_data``: the data already is a sequence [T, B, ...]. ``sweep``: it reads one of the
    "columns" or "rows" of an image at each step.
    """

    sweep: ClassVar[Literal["", "columns", "rows"]] = ""

    @property
    def over_time(self) -> bool:
        return True

    @property
    def timed_data(self) -> bool:
        """Whether the data has a time axis of its own."""
        return False

    @property
    def bernoulli(self) -> bool:
        """Whether it gives a spike with probability x at each step, and nothing else."""
        return False

    @property
    def spiking(self) -> bool:
        """Whether its values are spikes: mostly 0, and otherwise one number at each step."""
        return False

    @property
    def domain(self) -> Bounds:
        """The bounds of the data that it takes, which are checked at run time."""
        return ANYTHING

    def coarse(self, steps: int) -> str:
        """The data that so few steps cannot tell, in one clause; "" if they are enough."""
        return ""

    def steps(self, shape: Shape) -> int | None:
        """The number of steps that the data itself fixes, if it does."""
        return None

    def shape(self, *inputs: Shape) -> Shape:
        return inputs[0]

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        """The value: [T, B, ...] of the data over all steps, or [B, ...] at step ``t``."""
        raise NotImplementedError

    def textbook(self, x: Any, t: int, steps: int, draw: Draw) -> Any:
        """The value [B, ...] at step ``t`` of ``steps``, from all of the data."""
        raise NotImplementedError
