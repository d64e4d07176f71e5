"""xavier_normal."""

from typing import ClassVar, Literal

from snnc.initializer import Initializer, Positive


class XavierNormal(Initializer):
    """A normal distribution of variance 2 gain²/(fan_in + fan_out) (torch.nn.init.xavier_normal_).

    It is a compromise between the variance of the forward and of the backward pass (Glorot and
    Bengio, AISTATS 2010).
    """

    axes: ClassVar[int] = 2

    kind: Literal["xavier_normal"] = "xavier_normal"
    gain: Positive = 1.0
