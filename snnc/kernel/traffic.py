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
        """Of a training step: both."""
        return self.forward + self.backward


def traffic(kernel: Kernel, steps: int, static: bool, size: int = 4) -> Traffic:
    """What a call moves, ``size`` bytes a number.

    Forwards every input is read and the output written; backwards the inputs are read again, the
    output's gradient read and each input's written. A static input and its gradient count once a
    call. Terms, first and last states are not of every step and do not count.
    """
    share = 1 / steps if static else 1.0
    inputs = len(kernel.inputs) * share
    return Traffic(forward=size * (inputs + 1), backward=size * (2 * inputs + 1))
