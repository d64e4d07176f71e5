"""TDBatchNorm2d."""

from typing import ClassVar, Literal

from snnc.layers._td_batch_norm import TDBatchNorm


class TDBatchNorm2d(TDBatchNorm):
    """Threshold-dependent batch norm of images [C, H, W].

    Statistics cover the whole sequence. The weight starts at ``alpha`` times ``v_threshold``, so
    the input of the neuron after it matches its threshold (Zheng et al., Going deeper with
    directly-trained larger spiking neural networks, AAAI 2021).
    """

    example: ClassVar[str] = '{ kind = "TDBatchNorm2d", alpha = 1.0, v_threshold = 0.5 }'
    torch: ClassVar[str] = "nn.BatchNorm2d"
    inner: ClassVar[int] = 2

    kind: Literal["TDBatchNorm2d"] = "TDBatchNorm2d"
