"""NAdam."""

from typing import ClassVar, Literal

from snnc.optimizers import Beta, NotNegative, Optimizer


class NAdam(Optimizer):
    """Adam with Nesterov's momentum: the step looks ahead along the running mean.

    ``momentum_decay`` lets the momentum rise during the first steps (Dozat, Incorporating Nesterov
    momentum into Adam, ICLR 2016 workshop). ``decoupled_weight_decay`` decays the weights
    themselves, as AdamW does.
    """

    usual: ClassVar[tuple[float, float]] = (1e-6, 0.03)

    kind: Literal["NAdam"] = "NAdam"
    betas: tuple[Beta, Beta] = (0.9, 0.999)
    eps: NotNegative = 1e-8
    weight_decay: NotNegative = 0.0
    momentum_decay: NotNegative = 4e-3
    decoupled_weight_decay: bool = False
