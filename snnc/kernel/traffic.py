"""Bytes that a kernel moves: what bounds its speed, as its arithmetic hides behind memory."""

from dataclasses import dataclass

from snnc.kernel.types import Kernel


@dataclass(frozen=True)
class Traffic:
    """Bytes for each neuron and step, read and written, in one direction and the other."""

    forward: float
    backward: float

    @property
    def training(self) -> float:
        """The bytes of a training step: forward and backward."""
        return self.forward + self.backward


def traffic(kernel: Kernel, steps: int, static: bool, size: int = 4) -> Traffic:
    """The bytes that a call moves, with ``size`` bytes per number.

    The forward pass reads every input and writes the output. The backward pass reads the inputs
    again, reads the output's gradient and writes each input's gradient. A static input and its
    gradient count once per call. Terms, first and last states do not occur at every step and do not
    count.
    """
    share = 1 / steps if static else 1.0
    inputs = len(kernel.inputs) * share
    return Traffic(forward=size * (inputs + 1), backward=size * (2 * inputs + 1))
