"""latency."""

from collections.abc import Sequence
from math import expm1
from typing import Any, Literal

from snnc.encoder import Encoder, moments
from snnc.layer import Draw, Site, Traits
from snnc.step.bounds import Bounds

_FEWEST = 4
"""Steps: with fewer, most values spike at the same one."""


class Latency(Encoder):
    """One spike for each x in [0, 1]: the larger x, the earlier. The range is checked at run time.

    The spike comes at step round((T - 1)(1 - x)) with ``mode = "linear"``, and at step round(T - 1
    - ln(αx + 1)), α = e^(T-1) - 1, with ``"log"``. Halves are rounded to the even step, and a zero
    spikes at the last step. T is the network's own number of time steps, also if a call runs fewer
    of them.
    """

    kind: Literal["latency"] = "latency"
    mode: Literal["linear", "log"] = "linear"

    def traits(self, training: bool) -> Traits:
        return Traits(time="indexed")

    def why(self) -> str:
        return "each value spikes at a step of its own"

    @property
    def spiking(self) -> bool:
        return True

    @property
    def domain(self) -> Bounds:
        return 0.0, 1.0

    def coarse(self, steps: int) -> str:
        few = steps < _FEWEST
        return f"{steps} steps are {steps} different latencies" if few else ""

    def bounds(self, *inputs: Bounds) -> Bounds:
        return 0.0, 1.0

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        x, log = args[0], self.mode == "log"
        if site == "step":
            return f"latency_spikes({x}, self.time_steps, {log}, first + t, 1).squeeze(0)"
        return f"latency_spikes({x}, self.time_steps, {log}, first, time_steps)"

    def uses(self, site: Site) -> tuple[str, ...]:
        return ("latency_spikes", *moments(site))

    def textbook(self, x: Any, t: int, steps: int, draw: Draw) -> Any:
        if self.mode == "log":
            when = (steps - 1 - (x * expm1(steps - 1) + 1).log()).round()
        else:
            when = ((steps - 1) * (1 - x)).round()
        return (when == t).to(x.dtype)
