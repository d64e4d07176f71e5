"""mse."""

from typing import Literal

from snnc.losses import Loss


class MSE(Loss):
    """Mean squared distance between the output and the one-hot label.

    For firing rates: the right neuron is to fire at every step, the others never
    (Fang et al., Incorporating learnable membrane time constant, ICCV 2021).
    """

    kind: Literal["mse"] = "mse"

    def source(self) -> str:
        return "F.mse_loss(y, F.one_hot(labels, y.shape[1]).to(y.dtype))"
