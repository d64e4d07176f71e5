"""The neurons that activations become, whose spikes have the value of their threshold; and sums.

None is a kind that a spec may name; [convert] makes them.
"""

from typing import ClassVar

from snnc.layer import Role
from snnc.neuron import Neuron, SpikingNeuron
from snnc.step.link import Reset


class ScaledIF(SpikingNeuron):
    """Integrate-and-fire with soft reset, whose spikes carry its threshold."""

    stem: ClassVar[str] = "if"
    role: ClassVar[Role] = "activation"  # what it was
    states: ClassVar[dict[str, str | float]] = {"v": 0.0}
    output: ClassVar[str] = "y"
    step: ClassVar[str] = """
h = v + x
y = v_threshold * spike(h - v_threshold)
v = h - y
"""

    kind: str = "ScaledIF"

    @property
    def reset_rule(self) -> Reset:
        return Reset("soft", self.detach_reset, above=self.fires == "above")


class SignedIF(ScaledIF):
    """ScaledIF that takes a spike back at its negative threshold, if it has sent any."""

    states: ClassVar[dict[str, str | float]] = {"v": 0.0, "sent": 0.0}
    step: ClassVar[str] = """
h = v + x
s = spike(h - v_threshold) - where(sent > 0.0, spike(-h - v_threshold), 0.0)
sent = sent + s
y = v_threshold * s
v = h - y
"""

    kind: str = "SignedIF"


class RunningSum(Neuron):
    """The sum of all inputs so far."""

    stem: ClassVar[str] = "sum"
    helps: ClassVar[bool] = True
    states: ClassVar[dict[str, str | float]] = {"total": 0.0}
    output: ClassVar[str] = "total"
    step: ClassVar[str] = """
total = total + x
"""

    kind: str = "RunningSum"


class Change(Neuron):
    """The change of the input since the time step before: the inverse of RunningSum."""

    stem: ClassVar[str] = "change"
    helps: ClassVar[bool] = True
    states: ClassVar[dict[str, str | float]] = {"before": 0.0}
    output: ClassVar[str] = "y"
    step: ClassVar[str] = """
y = x - before
before = x
"""

    kind: str = "Change"
