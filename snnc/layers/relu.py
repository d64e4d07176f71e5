"""ReLU."""

from typing import ClassVar, Literal

from snnc.layers._activation import Monotone


class ReLU(Monotone):
    """max(x, 0), element by element (torch.nn.ReLU)."""

    stem: ClassVar[str] = "relu"
    torch: ClassVar[str] = "nn.ReLU"

    kind: Literal["ReLU"] = "ReLU"
