"""Hardswish."""

from typing import ClassVar, Literal

from snnc.layers._activation import ElementwiseActivation


class Hardswish(ElementwiseActivation):
    """x · min(max(x + 3, 0), 6) / 6 (torch.nn.Hardswish; Howard et al., MobileNetV3, ICCV 2019)."""

    example: ClassVar[str] = '{ kind = "Hardswish" }'
    stem: ClassVar[str] = "hardswish"
    torch: ClassVar[str] = "nn.Hardswish"

    kind: Literal["Hardswish"] = "Hardswish"
