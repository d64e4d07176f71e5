"""Adam."""

from typing import ClassVar, Literal

from snnc.optimizers import Beta, NotNegative, Optimizer


class Adam(Optimizer):
    """Steps scaled by running means of the gradient and of its square.

    Adam is forgiving about the learning rate (Kingma and Ba, Adam: a method for stochastic
    optimization, ICLR 2015). ``weight_decay`` is added to the gradient; AdamW decays the weights
    themselves.
    """

    usual: ClassVar[tuple[float, float]] = (1e-6, 0.03)

    kind: Literal["Adam"] = "Adam"
    betas: tuple[Beta, Beta] = (0.9, 0.999)
    eps: NotNegative = 1e-8
    weight_decay: NotNegative = 0.0
    amsgrad: bool = False
