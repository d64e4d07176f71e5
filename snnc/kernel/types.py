"""The types of a kernel, before any backend prints it.

One law gives every gradient its shape: an operand's gradient is summed over the axes it lacks. A
static input lacks time. A learnable parameter lacks time and batch, and perhaps all axes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from snnc.step.grad import Adjoint
from snnc.step.simplify import Lifted
from snnc.step.ssa import Step

Axes = Literal["", "c", "ce", "bce", "tbce"]
"""Time, batch, channel, and the elements of a channel: the axes that an operand has."""


@dataclass(frozen=True)
class Operand:
    """A tensor that a kernel reads."""

    name: str
    axes: Axes


@dataclass(frozen=True)
class Kernel:
    """All steps of one neuron in one call.

    ``step`` is what happens at each element and step, ``adjoint`` the same backwards; ``written``
    is the step as a person reads it. ``states`` are carried over time from ``start`` unless a call
    brings them; ``terms`` are computed from the parameters once a call and read like inputs.
    ``recurrent``: it can also be called with a weight by which its output comes back to its input.
    ``joined``: other layers may run in it, a normalisation before its input or windows of its
    output.
    """

    name: str
    step: Step
    adjoint: Adjoint
    inputs: tuple[Operand, ...]
    states: tuple[Operand, ...]
    terms: tuple[Operand, ...]
    lifted: tuple[Lifted, ...]
    start: Mapping[str, float]
    written: Step
    recurrent: bool = False
    joined: bool = False

    @property
    def kept_inputs(self) -> tuple[str, ...]:
        """Inputs that the adjoint reads: they are read again, not kept."""
        return tuple(name for name in self.adjoint.kept if name in self.step.inputs)

    @property
    def kept_states(self) -> tuple[str, ...]:
        """States whose value before the step the adjoint reads."""
        return tuple(name for name in self.adjoint.kept if name in self.step.states)

    @property
    def kept_values(self) -> tuple[str, ...]:
        """Results of the step that the adjoint reads."""
        other = {*self.kept_inputs, *self.kept_states}
        return tuple(name for name in self.adjoint.kept if name not in other)

    @property
    def kept(self) -> tuple[str, ...]:
        """The values per element and time step that the backward pass holds while it goes back."""
        return (*self.kept_states, *self.kept_values)

    @property
    def segment(self) -> int:
        """Steps that a CUDA thread recomputes at a time: what it holds fits into registers."""
        return max(4, 16 // max(1, len(self.kept)))
