"""Dropout1d."""

from typing import ClassVar, Literal

from snnc.layers._channel_dropout import ChannelDropout


class Dropout1d(ChannelDropout):
    """Zeroes whole channels of sequences [C, L] with probability ``p`` in training.

    The other channels are scaled by 1/(1 - p). ``mask = "sequence"`` drops the same channels at all
    time steps of a sample. ``"step"`` draws a new mask at each time step.
    """

    example: ClassVar[str] = '{ kind = "Dropout1d", p = 0.2 }'
    inner: ClassVar[int] = 1

    kind: Literal["Dropout1d"] = "Dropout1d"
