"""A chain of products and neurons as one kernel: stages, and how its result leaves time.

The stages run one after the other for all time steps of a few samples, whose values stay in the
cache of a core. Nothing between them is stored.
"""

from dataclasses import dataclass
from typing import Literal

from snnc.kernel.types import Kernel

How = Literal["mean", "sum", "last"]
"""The readouts that a kernel adds up as it goes."""
HOW: tuple[How, ...] = ("mean", "sum", "last")


@dataclass(frozen=True)
class Product:
    """``x W^T + bias`` of ``reads`` features, ``width`` of them."""

    reads: int
    width: int
    bias: bool


@dataclass(frozen=True)
class Draw:
    """A spike of each of ``width`` inputs at each step, with the input as its probability.

    If ``flat``, a layer makes vectors of the inputs.
    """

    width: int
    flat: bool = False


@dataclass(frozen=True)
class Cells:
    """``width`` neurons of one kind, all their steps."""

    kernel: Kernel
    width: int


@dataclass(frozen=True)
class Feedback:
    """``width`` neurons whose output comes back to their input through a weight.

    The weight has columns for ``reads`` features of the input, and ``width`` for the output, which
    stands ``before`` them or behind. Without such features, the input is added to the product.
    """

    kernel: Kernel
    reads: int
    width: int
    bias: bool
    before: bool

    @property
    def columns(self) -> int:
        """The columns of the weight."""
        return self.reads + self.width

    @property
    def own(self) -> int:
        """The first column for the input."""
        return self.width if self.before else 0

    @property
    def back(self) -> int:
        """The first column for the output."""
        return 0 if self.before else self.reads


Stage = Draw | Product | Cells | Feedback


@dataclass(frozen=True)
class Whole:
    """A kernel of several stages, one behind the other.

    It is ``static`` if its input is the same at every time step; it then begins with neurons or
    with spikes that are drawn.
    """

    name: str
    stages: tuple[Stage, ...]
    how: How
    static: bool

    @property
    def draws(self) -> bool:
        """Whether it begins with spikes that are drawn."""
        return isinstance(self.stages[0], Draw)

    @property
    def reads(self) -> int:
        """The features of its input."""
        first = self.stages[0]
        reads = first.reads if isinstance(first, Product | Feedback) else 0
        return reads or first.width
