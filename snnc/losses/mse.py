"""mse."""

from typing import Literal

from snnc.losses import Loss


class MSE(Loss):
    """The mean squared distance between the output and the one-hot label, or the input.

    With firing rates, the right neuron should fire at every time step and the others never (Fang et
    al., Incorporating learnable membrane time constant, ICCV 2021). With ``target = "input"`` the
    network learns to reproduce its input: an autoencoder.
    """

    kind: Literal["mse"] = "mse"
    target: Literal["label", "input"] = "label"

    @property
    def wants(self) -> Literal["labels", "x"]:
        return "x" if self.target == "input" else "labels"

    def source(self, y: str = "y", smoothing: str = "smoothing") -> str:
        target = "x"
        if self.wants == "labels":
            target = f"F.one_hot(labels, {y}.shape[-1]).to({y}.dtype)"
        spread = f".expand_as({y})" if self.over == "steps" else ""
        return f"F.mse_loss({y}, {target}{spread})"
