"""The place of time in the tensors of a network: in front, behind the batch, folded into it."""

from dataclasses import dataclass
from enum import StrEnum

from torch import Tensor

from snnc.exchange import Refused
from snnc.exchange.time_axis import Time
from snnc.shapes import Shape, show


class Layout(StrEnum):
    """The leading axes of a tensor."""

    SEQUENCE = "[T, B, ...]"
    LATE = "[B, T, ...]"
    FLAT = "[T * B, ...]"
    ONE = "[B, ...]"
    LEAD = "[1, B, ...]"


_AXES = {Layout.SEQUENCE: 2, Layout.LATE: 2, Layout.LEAD: 2, Layout.FLAT: 1, Layout.ONE: 1}


class Late(StrEnum):
    """The source of a layer of a loop that follows a neuron's value of an earlier step."""

    SOURCE = "source"
    """The neuron's value of that step, 0 before the first: the layer is computed of it."""
    VALUE = "value"
    """The layer's own value of that step, which is 0 before the first."""


@dataclass(frozen=True)
class Clock:
    """The steps and samples that a network is traced with, unlike each other to be told apart."""

    time: Time
    steps: int

    @property
    def batch(self) -> int:
        """The number of samples."""
        return 3 if self.steps != 3 else 5

    def layout(self, shape: Shape) -> Layout:
        """The layout of a tensor of this shape. Raises Refused if none fits."""
        both = (self.steps, self.batch)
        if self.time is Time.STEP and shape[:1] == (self.batch,):
            return Layout.ONE
        if shape[:2] == both:
            return Layout.SEQUENCE
        if self.time is Time.SECOND and shape[:2] == both[::-1]:
            return Layout.LATE
        if shape[:1] == (self.steps * self.batch,):
            return Layout.FLAT
        if shape[:1] == (self.batch,):
            return Layout.ONE
        if shape[:2] == (1, self.batch):
            return Layout.LEAD
        told = f"{self.steps} time steps of {self.batch} samples"
        raise Refused(f"of {told} it makes {show(shape)}, with neither in front")

    def front(self, shape: Shape) -> int:
        """The number of leading axes that are no axes of a sample. Raises Refused."""
        return _AXES[self.layout(shape)]

    def sample(self, shape: Shape) -> Shape:
        """The shape of one sample of one step. Raises Refused."""
        return shape[self.front(shape) :]

    @property
    def axis(self) -> int:
        """The axis of time in what the network takes and returns."""
        return 1 if self.time is Time.SECOND else 0

    def taken(self, x: Tensor) -> Tensor:
        """Samples [T, B, ...] as the network takes them; of inside and step, the first step."""
        if self.time is Time.FIRST:
            return x
        return x.transpose(0, 1).contiguous() if self.time is Time.SECOND else x[0]
