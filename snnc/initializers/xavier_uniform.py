"""xavier_uniform."""

from typing import ClassVar, Literal

from snnc.initializer import Initializer, Positive


class XavierUniform(Initializer):
    """A uniform distribution of variance 2 gain²/(fan_in + fan_out).

    It is a compromise between the variance of the forward and of the backward pass (Glorot and
    Bengio, AISTATS 2010; torch.nn.init.xavier_uniform_).
    """

    axes: ClassVar[int] = 2

    kind: Literal["xavier_uniform"] = "xavier_uniform"
    gain: Positive = 1.0
