"""TDBatchNorm1d."""

from typing import ClassVar, Literal

from snnc.layers._td_batch_norm import TDBatchNorm


class TDBatchNorm1d(TDBatchNorm):
    """Threshold-dependent batch norm of features [C] or sequences [C, L].

    Statistics cover the whole sequence. The weight starts at ``alpha`` times ``v_threshold``, so
    the input of the neuron after it matches its threshold (Zheng et al., Going deeper with
    directly-trained larger spiking neural networks, AAAI 2021).
    """

    example: ClassVar[str] = '{ kind = "TDBatchNorm1d", v_threshold = 0.5 }'
    torch: ClassVar[str] = "nn.BatchNorm1d"
    inner: ClassVar[int] = 1

    kind: Literal["TDBatchNorm1d"] = "TDBatchNorm1d"
