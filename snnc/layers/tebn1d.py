"""TEBN1d."""

from typing import ClassVar, Literal

from snnc.layers._te_batch_norm import TEBN


class TEBN1d(TEBN):
    """Temporal effective batch normalisation of features [C] or sequences [C, L].

    Statistics are of the whole sequence; then each step has a learned factor, ``scale`` [T], which
    starts at 1 (Duan et al., Temporal effective batch normalization in spiking neural networks,
    NeurIPS 2022). It fixes the number of steps.
    """

    example: ClassVar[str] = '{ kind = "TEBN1d" }'
    inner: ClassVar[int] = 1

    kind: Literal["TEBN1d"] = "TEBN1d"
