"""Normalised neurons as C."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ..calls import Call, Launch, Operand
from ..cpu import BLOCK
from ..launch import operands, sizes
from ..pooled.parts import Back, image, room
from ..pooled.windows import Window, fits
from ..sums import summed
from .lines import Line
from .prelude import CHUNKS


@dataclass(frozen=True)
class Native:
    """One call by compiled kernels; ``scratch`` is how many numbers its way back needs."""

    call: Call
    window: Window | None
    launch: Launch
    scratch: int

    def statistics(self) -> list[Tensor]:
        """Mean and variance of each channel over all else, [C] in float64."""
        x, channels, wide = self.call.inputs[0], self.channels, self.wide(None)
        found = [torch.empty(channels, dtype=torch.float64) for _ in range(2)]
        chunks = count_chunks(x.numel() // wide)
        parts = torch.empty(chunks, 2, wide, dtype=torch.float64)
        size = x.numel(), wide, channels, chunks
        self.launch("statistics", [x, *found, parts, *size])
        return found

    def forward(self, line: Line) -> Tensor:
        """The output of the neuron behind a line, pooled if there is a window."""
        output = room(self.call, self.window)
        lines = self.rows(self.window, line.scale, line.shift)
        arguments = [*operands(self.call), *lines, output, *self.sizes]
        self.launch(f"{self.call.name}_forward", arguments)
        return output

    def backward(self, line: Line, grad: Tensor) -> tuple[list[Tensor], Tensor]:
        """The gradients of what the line gives, of terms and first states; its sums.

        The sums [2, C] are those of g and of g * (x - center).
        """
        call, wide = self.call, self.wide(self.window)
        back = Back(call, grad, self.window)
        kept = torch.empty(self.scratch, dtype=call.real)
        chunks = count_chunks(call.sample.numel() // wide)
        sums = torch.zeros(chunks, 2, wide, dtype=torch.float64)
        lines = self.rows(self.window, line.scale, line.shift, line.center)
        given = [*operands(call), *lines, back.grad]
        size = *self.sizes, chunks
        self.launch(f"{call.name}_backward", [*given, *back.results, kept, sums, *size])
        g_x, *rest = back.grads
        small = map(summed, rest, (*call.terms, *call.given))
        return [g_x, *small], sums[0].view(2, -1, self.channels).sum(1)

    def finish(self, line: Line, g_x: Tensor, parts: Sequence[Tensor]) -> Tensor:
        """a * g + b * (x - center) + d, in place of g."""
        x, (a, b, d) = self.call.inputs[0], parts
        rows = self.rows(None, a, b, line.center, d)
        self.launch("finish", [x, g_x, *rows, x.numel(), self.wide(None)])
        return g_x

    @property
    def channels(self) -> int:
        return self.call.sample.shape[1]

    @property
    def sizes(self) -> list[Operand]:
        """What every kernel is told last."""
        inner = [self.wide(None)] if self.window is None else image(self.call)
        return [*sizes(self.call), *inner]

    def wide(self, window: Window | None) -> int:
        """The numbers that are taken for the channels of one place.

        Without windows, places with few channels are taken together.
        """
        few = window is None and self.channels < BLOCK
        return BLOCK // self.channels * self.channels if few else self.channels

    def rows(self, window: Window | None, *lines: Tensor) -> list[Tensor]:
        """What each channel has, [C], as kernels read it."""
        again = self.wide(window) // self.channels
        return [v.to(self.call.real).repeat(again) for v in lines]


def count_chunks(rows: int) -> int:
    """How many parts sums are made in: it depends on the data alone."""
    return max(1, min(CHUNKS, rows // 8))


def inmost(x: Tensor, window: Window | None) -> bool:
    """Whether C takes x [B, C, ...]: its channels lie innermost, without gaps."""
    if window is not None:
        return fits(x, window)
    dense = x.dim() > 1 and x.movedim(1, -1).is_contiguous()
    return dense and x.device.type == "cpu"
