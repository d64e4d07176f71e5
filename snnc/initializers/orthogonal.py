"""orthogonal."""

from typing import ClassVar, Literal

from snnc.initializer import Initializer, Positive


class Orthogonal(Initializer):
    """A random orthogonal matrix (Saxe et al., ICLR 2014; torch.nn.init.orthogonal_).

    The axes after the first count as one, so rows or columns of a convolution are orthogonal too.
    """

    axes: ClassVar[int] = 2

    kind: Literal["orthogonal"] = "orthogonal"
    gain: Positive = 1.0
