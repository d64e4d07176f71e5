"""LeakyKReLU."""

from typing import ClassVar, Literal

from snnc.surrogate import Surrogate


class LeakyKReLU(Surrogate):
    """The slope of a leaky ReLU: k if the neuron fires, else ``leak`` (SpikingJelly)."""

    gradient: ClassVar[str] = "where(u >= 0, k, leak)"

    kind: Literal["LeakyKReLU"] = "LeakyKReLU"
    leak: float = 0.0
    k: float = 1.0
