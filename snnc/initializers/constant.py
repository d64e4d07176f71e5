"""constant."""

from typing import Literal

from snnc.initializer import Initializer
from snnc.layer import Call


class Constant(Initializer):
    """One number everywhere (torch.nn.init.constant_)."""

    kind: Literal["constant"] = "constant"
    val: float

    def call(self) -> Call:
        return Call("nn.init.constant_", (self.val,))
