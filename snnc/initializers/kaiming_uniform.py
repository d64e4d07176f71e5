"""kaiming_uniform."""

from typing import ClassVar, Literal

from snnc.initializer import Initializer, Nonlinearity


class KaimingUniform(Initializer):
    """A uniform distribution of variance gain²/fan (torch.nn.init.kaiming_uniform_).

    It keeps the variance from layer to layer of a ReLU network (He et al., ICCV 2015). ``mode =
    "fan_in"`` keeps it in the forward pass, ``"fan_out"`` in the backward pass. ``a`` is the slope
    of ``leaky_relu`` below 0.
    """

    axes: ClassVar[int] = 2

    kind: Literal["kaiming_uniform"] = "kaiming_uniform"
    a: float = 0.0
    mode: Literal["fan_in", "fan_out"] = "fan_in"
    nonlinearity: Nonlinearity = "leaky_relu"
