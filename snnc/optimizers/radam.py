"""RAdam."""

from typing import ClassVar, Literal

from snnc.optimizers import Beta, NotNegative, Optimizer


class RAdam(Optimizer):
    """Adam whose scale counts only once its running mean has seen enough steps.

    It needs no warm-up (Liu et al., On the variance of the adaptive learning rate and beyond, ICLR
    2020). ``decoupled_weight_decay`` decays the weights themselves, as AdamW does.
    """

    usual: ClassVar[tuple[float, float]] = (1e-6, 0.03)

    kind: Literal["RAdam"] = "RAdam"
    betas: tuple[Beta, Beta] = (0.9, 0.999)
    eps: NotNegative = 1e-8
    weight_decay: NotNegative = 0.0
    decoupled_weight_decay: bool = False
