"""firing_rate."""

from typing import Annotated, Literal

from pydantic import Field

from snnc.penalties import Penalty


class FiringRate(Penalty):
    """The squared distance between firing rates and ``target``, in spikes per time step.

    A rate is that of one neuron over the time steps of one sample. The mean is taken over neurons
    and samples. The penalty keeps neurons from being silent and from firing all the time (Zenke and
    Vogels, The remarkable robustness of surrogate gradient learning, Neural Computation 2021).
    """

    kind: Literal["firing_rate"] = "firing_rate"
    target: Annotated[float, Field(ge=0, le=1)]

    def source(self, rate: str = "rate") -> str:
        deviation = f"({rate} - {self.target!r})" if self.target else rate
        return f"{self.weight!r} * {deviation}.square().mean()"
