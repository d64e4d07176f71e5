"""zeros."""

from typing import Literal

from snnc.initializer import Initializer


class Zeros(Initializer):
    """All zeros (torch.nn.init.zeros_)."""

    kind: Literal["zeros"] = "zeros"
