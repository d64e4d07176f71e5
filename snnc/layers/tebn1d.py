"""TEBN1d."""

from typing import ClassVar, Literal

from snnc.layers._te_batch_norm import TEBN


class TEBN1d(TEBN):
    """Temporal effective batch norm of features [C] or sequences [C, L].

    Statistics cover the whole sequence. Each time step has a learned factor, ``scale`` [T], which
    starts at 1 (Duan et al., Temporal effective batch normalization in spiking neural networks,
    NeurIPS 2022). The layer fixes the number of time steps.
    """

    example: ClassVar[str] = '{ kind = "TEBN1d" }'
    inner: ClassVar[int] = 1

    kind: Literal["TEBN1d"] = "TEBN1d"
