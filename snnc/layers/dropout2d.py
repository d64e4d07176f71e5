"""Dropout2d."""

from typing import ClassVar, Literal

from snnc.layers._channel_dropout import ChannelDropout


class Dropout2d(ChannelDropout):
    """Zeroes whole channels of images [C, H, W] with probability ``p`` in training.

    The other channels are scaled by 1/(1 - p). ``mask = "sequence"`` drops the same channels at all
    time steps of a sample. ``"step"`` draws a new mask at each time step.
    """

    example: ClassVar[str] = '{ kind = "Dropout2d", p = 0.2 }'
    inner: ClassVar[int] = 2

    kind: Literal["Dropout2d"] = "Dropout2d"
