"""mse."""

from typing import Literal

from snnc.labels import Form
from snnc.losses import Loss


class MSE(Loss):
    """The mean squared distance between the output and the one-hot label, the input, or values.

    With firing rates, the right neuron should fire at every time step and the others never (Fang et
    al., Incorporating learnable membrane time constant, ICCV 2021). With ``target = "input"`` the
    network learns to reproduce its input: an autoencoder. With ``target = "values"`` labels are
    numbers in the shape of the output: a regression.
    """

    kind: Literal["mse"] = "mse"
    target: Literal["label", "input", "values"] = "label"

    @property
    def wants(self) -> Literal["labels", "x"]:
        return "x" if self.target == "input" else "labels"

    @property
    def form(self) -> Form:
        return "values" if self.target == "values" else "class"

    def source(self, y: str = "y", smoothing: str = "smoothing") -> str:
        target = f"labels.to({y}.dtype)" if self.target == "values" else "x"
        if self.target == "label":
            target = f"F.one_hot(labels, {y}.shape[-1]).to({y}.dtype)"
        spread = f".expand_as({y})" if self.over == "steps" else ""
        return f"F.mse_loss({y}, {target}{spread})"
