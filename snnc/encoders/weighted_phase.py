"""weighted_phase."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from snnc.encoder import Encoder, moments
from snnc.layer import Draw, Site, Traits
from snnc.step.bounds import Bounds


class WeightedPhase(Encoder):
    """The binary digits of x, one per time step, the most significant first.

    Step t has the phase k = t mod ``phases``, and a spike there is worth 2^-(k+1) (Kim et al., Deep
    neural networks with weighted spikes, Neurocomputing 2018). x must be in [0, 1 - 2^-phases],
    which is checked at run time. Digits beyond the last phase are cut.
    """

    kind: Literal["weighted_phase"] = "weighted_phase"
    phases: Annotated[int, Field(ge=1, le=24)] = 8

    def traits(self, training: bool) -> Traits:
        return Traits(time="indexed")

    def why(self) -> str:
        return "every step has another digit"

    @property
    def spiking(self) -> bool:
        return True

    @property
    def domain(self) -> Bounds:
        return 0.0, 1 - 2.0**-self.phases

    def coarse(self, steps: int) -> str:
        few = steps < self.phases
        return f"{steps} steps have {steps} of the {self.phases} binary digits" if few else ""

    def bounds(self, *inputs: Bounds) -> Bounds:
        return 0.0, 0.5

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        (x,) = args
        if site == "step":
            return f"phase_bits({x}, {self.phases}, first + t, 1).squeeze(0)"
        return f"phase_bits({x}, {self.phases}, first, time_steps)"

    def uses(self, site: Site) -> tuple[str, ...]:
        return ("phase_bits", *moments(site))

    def textbook(self, x: Any, t: int, steps: int, draw: Draw) -> Any:
        k = t % self.phases
        digit = (x * 2 ** (k + 1)).floor().remainder(2)
        return digit * 2.0 ** -(k + 1)
