"""ones."""

from typing import Literal

from snnc.initializer import Initializer


class Ones(Initializer):
    """All ones (torch.nn.init.ones_)."""

    kind: Literal["ones"] = "ones"
