"""BNTT1d."""

from typing import ClassVar, Literal

from snnc.layers._bntt import BNTT


class BNTT1d(BNTT):
    """Batch norm through time of features [C] or sequences [C, L].

    Every time step has its own batch norm (Kim and Panda, Revisiting batch normalization for
    training low-latency deep spiking neural networks from scratch, Frontiers in Neuroscience 2021).
    As published, it has a weight and no bias. It fixes the number of time steps.
    """

    example: ClassVar[str] = '{ kind = "BNTT1d", bias = true }'
    inner: ClassVar[int] = 1

    kind: Literal["BNTT1d"] = "BNTT1d"
