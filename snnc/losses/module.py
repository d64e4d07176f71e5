"""module."""

from typing import Literal

from pydantic import Field

from snnc.escape import string
from snnc.labels import Form
from snnc.losses import Loss
from snnc.user_code import Arguments, Function, called


class OwnLoss(Loss):
    """A loss of one's own: a ``function`` of a module, as "package.module:function".

    Only the training script imports it, when it runs. ``function(y, labels, **arguments)`` returns
    the mean over the samples as a tensor of one number. ``labels`` states what a label is, as the
    table of losses in the documentation says. With ``target = "input"`` the function is given the
    input in place of labels. With ``over = "steps"`` y is [T, B, ...].
    """

    kind: Literal["module"] = "module"
    function: Function
    arguments: Arguments = Field(default_factory=dict)
    labels: Form = "class"
    target: Literal["label", "input"] = "label"

    @property
    def wants(self) -> Literal["labels", "x"]:
        return "x" if self.target == "input" else "labels"

    @property
    def form(self) -> Form:
        return self.labels

    @property
    def function_name(self) -> str:
        """The function that the training script imports."""
        return self.function

    def source(self, y: str = "y", smoothing: str = "smoothing") -> str:
        own = f"training.own_loss({string(self.function)})"
        return called(own, f"{y}, {self.wants}", self.arguments)
