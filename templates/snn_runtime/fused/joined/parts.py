"""What every compiled way of running a joined neuron has in common."""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ..calls import Call, Operand, Tensors
from ..launch import operands, optional, sizes
from ..sums import summed
from .forms import Back, Form, as_output, room

Known = Sequence[Tensor]


@dataclass(frozen=True)
class Norm:
    """A normalisation: weight and bias, or nothing; mean and variance, or nothing yet."""

    affine: Known = ()
    stats: Known = ()
    eps: float = 0.0
    batch: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.eps < math.inf:
            raise ValueError(f"eps is {self.eps}, not a number from 0 on")


class Native(ABC):
    """One call by compiled kernels."""

    call: Call
    form: Form

    def forward(self, norm: Norm, end: bool) -> list[Tensor]:
        """The output, the last states if ``end``, and the statistics unless they are known."""
        call, window = self.call, self.form.window
        output, ends = room(call, window), [call.once() for _ in call.spec.start if end]
        rows, stats = self.lines(norm) if self.form.normed else ([], [])
        arguments = [*operands(call), *self.by_channel(rows, False)]
        arguments += [as_output(call, window, output), *optional(call, ends)]
        self.launch("forward", [*arguments, *sizes(call), *self.sizes(False)])
        return [output, *ends, *stats]

    def backward(self, norm: Norm, grad: Tensor, ends: Tensors) -> list[Tensor]:
        """The gradients of inputs, terms and first states; then of weight and bias."""
        call, back = self.call, Back(self.call, grad, ends, self.form.window)
        rows = self.lines(norm)[0] if self.form.normed else []
        sums = self.sums() if self.form.normed else None
        kept = call.sample.new_empty(self.scratch, dtype=call.real)
        arguments = [*operands(call), *self.by_channel(rows, True), *back.operands]
        arguments += [*back.results, (kept, self.scratch, call.real)]
        arguments += [(sums, sums.numel(), sums.dtype) if sums is not None else None]
        self.launch("backward", [*arguments, *sizes(call), *self.sizes(True)])
        if self.form.window and not self.form.window.whole(call.sample):
            back.clear()
        grads, slopes = back.grads, list[Tensor]()
        if sums is not None:
            grads[0], *slopes = self.finish(norm, grads[0], sums)
        count = len(call.inputs)
        small = map(summed, grads[count:], (*call.terms, *call.given))
        affine = zip(slopes, norm.affine, strict=False)
        return [*grads[:count], *small, *(g.to(v.dtype) for g, v in affine)]

    def by_channel(self, rows: Known, back: bool) -> list[Operand]:
        """Scale, shift and, on the way back, center; nothing without a normalisation."""
        if not rows:
            return [None] * 3
        wide = rows[0].numel()
        found = [(v, wide, self.call.real) for v in rows]
        return [*found] if back else [*found[:2], None]

    @property
    @abstractmethod
    def scratch(self) -> int:
        """How many numbers the way back needs."""

    @abstractmethod
    def launch(self, end: str, arguments: Sequence[Operand]) -> None:
        """Runs the kernel itself in one direction."""

    @abstractmethod
    def sizes(self, back: bool) -> list[Operand]:
        """What the kernel is told last."""

    @abstractmethod
    def lines(self, norm: Norm) -> tuple[list[Tensor], list[Tensor]]:
        """Scale, shift and center, as the kernel reads them; and statistics that were unknown."""

    @abstractmethod
    def sums(self) -> Tensor:
        """Room for sums by channel."""

    @abstractmethod
    def finish(self, norm: Norm, g: Tensor, sums: Tensor) -> list[Tensor]:
        """From g, the gradient of what is normalised: those of x, of weight and of bias."""


def doubles(count: int, *tensors: Tensor) -> list[Operand]:
    """So many numbers each, in float64."""
    return [(x, count, torch.float64) for x in tensors]
