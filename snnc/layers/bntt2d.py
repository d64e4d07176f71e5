"""BNTT2d."""

from typing import ClassVar, Literal

from snnc.layers._bntt import BNTT


class BNTT2d(BNTT):
    """Batch norm through time of images [C, H, W].

    Every time step has its own batch norm (Kim and Panda, Revisiting batch normalization for
    training low-latency deep spiking neural networks from scratch, Frontiers in Neuroscience 2021).
    As published, it has a weight and no bias. It fixes the number of time steps.
    """

    example: ClassVar[str] = '{ kind = "BNTT2d", momentum = 0.01 }'
    inner: ClassVar[int] = 2

    kind: Literal["BNTT2d"] = "BNTT2d"
