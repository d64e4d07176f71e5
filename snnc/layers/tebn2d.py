"""TEBN2d."""

from typing import ClassVar, Literal

from snnc.layers._te_batch_norm import TEBN


class TEBN2d(TEBN):
    """Temporal effective batch norm of images [C, H, W].

    Statistics cover the whole sequence. Each time step has a learned factor, ``scale`` [T], which
    starts at 1 (Duan et al., Temporal effective batch normalization in spiking neural networks,
    NeurIPS 2022). The layer fixes the number of time steps.
    """

    example: ClassVar[str] = '{ kind = "TEBN2d", momentum = 0.01 }'
    inner: ClassVar[int] = 2

    kind: Literal["TEBN2d"] = "TEBN2d"
