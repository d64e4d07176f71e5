"""AdamW."""

from typing import ClassVar, Literal

from snnc.optimizers import Beta, NotNegative, Optimizer


class AdamW(Optimizer):
    """Adam whose weight decay acts on the weights and not through the gradient's scale.

    Loshchilov and Hutter, Decoupled weight decay regularization, ICLR 2019.
    """

    usual: ClassVar[tuple[float, float]] = (1e-6, 0.03)

    kind: Literal["AdamW"] = "AdamW"
    betas: tuple[Beta, Beta] = (0.9, 0.999)
    eps: NotNegative = 1e-8
    weight_decay: NotNegative = 0.01
    amsgrad: bool = False
