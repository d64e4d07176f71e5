"""kaiming_uniform."""

from typing import ClassVar, Literal

from snnc.initializer import Initializer, Nonlinearity


class KaimingUniform(Initializer):
    """A uniform distribution of variance gain²/fan (torch.nn.init.kaiming_uniform_).

    It keeps the variance from layer to layer of a ReLU network (He et al., ICCV 2015). ``mode``
    counts the fan: ``"fan_in"`` keeps it forward, ``"fan_out"`` backward. ``a`` is the slope that
    ``leaky_relu`` has below 0.
    """

    axes: ClassVar[int] = 2

    kind: Literal["kaiming_uniform"] = "kaiming_uniform"
    a: float = 0.0
    mode: Literal["fan_in", "fan_out"] = "fan_in"
    nonlinearity: Nonlinearity = "leaky_relu"
