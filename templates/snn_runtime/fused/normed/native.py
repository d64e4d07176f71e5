"""Normalised neurons as C."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ..calls import Call, Launch, Memory, Operand
from ..cpu import BLOCK
from ..launch import operands, read, sizes
from ..pooled.parts import Back, as_output, image, room
from ..pooled.windows import Window, fits
from ..sums import summed
from .prelude import CHUNKS

Known = Sequence[Tensor]


@dataclass(frozen=True)
class Native:
    """One call by compiled kernels; ``scratch`` is how many numbers its way back needs."""

    call: Call
    window: Window | None
    launch: Launch
    scratch: int

    def forward(self, affine: Known, known: Known, eps: float) -> list[Tensor]:
        """The output and, unless they are known, mean and variance of the batch."""
        stats = known or self.statistics()
        output, wide = room(self.call, self.window), self.wide(self.window)
        rows = self.rows(affine, stats, eps, wide)
        made = *self.per(wide, *rows[:2]), as_output(self.call, self.window, output)
        arguments = [*operands(self.call), *made, *self.sizes]
        self.launch(f"{self.call.name}_forward", arguments)
        return [output, *(() if known else stats)]

    def statistics(self) -> list[Tensor]:
        """Mean and variance of each channel over all else, [C] in float64."""
        x, channels, wide = self.call.inputs[0], self.channels, self.wide(None)
        found = [numbers(channels), numbers(channels)]
        chunks = count_chunks(x.numel() // wide)
        given = *read(self.call, [x]), *doubles(channels, *found)
        parts = doubles(chunks * 2 * wide, numbers(chunks, 2, wide))
        size = x.numel(), wide, channels, chunks
        self.launch("statistics", [*given, *parts, *size])
        return found

    def rows(self, affine: Known, stats: Known, eps: float, wide: int) -> list[Tensor]:
        """Scale, shift and mean, as kernels read them."""
        rows = [torch.empty(wide, dtype=self.call.real) for _ in range(3)]
        given = [
            *doubles(self.channels, *spread(stats, eps)),
            *(doubles(self.channels, *map(double, affine)) or (None, None)),
        ]
        size = self.channels, wide
        self.launch("lines", [*given, *self.per(wide, *rows), *size])
        return rows

    def backward(
        self, affine: Known, stats: Known, eps: float, batch: bool, grad: Tensor
    ) -> list[Tensor]:
        """The gradients of the input, terms, first states, weight and bias."""
        call, wide = self.call, self.wide(self.window)
        back = Back(call, grad, self.window)
        kept = torch.empty(self.scratch, dtype=call.real)
        chunks = count_chunks(call.size // wide)
        sums = torch.zeros(chunks, 2, wide, dtype=torch.float64)
        rows = self.per(wide, *self.rows(affine, stats, eps, wide))
        given = [*operands(call), *rows, back.grad, *back.results]
        given += [*self.per(self.scratch, kept), *doubles(chunks * 2 * wide, sums)]
        self.launch(f"{call.name}_backward", [*given, *self.sizes, chunks])
        g_x, *rest = back.grads
        slopes = self.finish(affine, stats, eps, batch, g_x, sums)
        small = map(summed, rest, (*call.terms, *call.given))
        return [
            g_x,
            *small,
            *(g.to(v.dtype) for g, v in zip(slopes, affine, strict=False)),
        ]

    def finish(
        self,
        affine: Known,
        stats: Known,
        eps: float,
        batch: bool,
        g_x: Tensor,
        sums: Tensor,
    ) -> list[Tensor]:
        """Makes ``g_x``, the gradient of what is normalised, that of x.

        And gives those of weight and bias, [C] in float64. ``sums`` [..., 2, wide] are those
        of g_x and of g_x * (x - mean), by channel.
        """
        x, channels, wide = self.call.inputs[0], self.channels, self.wide(None)
        slopes = [numbers(channels), numbers(channels)]
        rows = torch.empty(4, wide, dtype=self.call.real)
        added = sums.shape[-1]
        given = [
            *read(self.call, [x, g_x]),
            *doubles(len(sums) * 2 * added, sums),
            *doubles(channels, *spread(stats, eps)),
            *(doubles(channels, *map(double, affine[:1])) or (None,)),
            *self.per(4 * wide, rows),
            *doubles(channels, *slopes),
        ]
        count = x.numel() // channels if batch else 0
        size = count, x.numel(), added, wide, channels
        self.launch("finish", [*given, *size])
        return slopes

    def per(self, count: int, *tensors: Tensor) -> list[Memory]:
        """So many numbers each, of the type that is computed in."""
        return [(x, count, self.call.real) for x in tensors]

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


def numbers(*size: int) -> Tensor:
    """Room for numbers in float64."""
    return torch.empty(size, dtype=torch.float64)


def doubles(count: int, *tensors: Tensor) -> list[Memory]:
    """So many numbers each, in float64."""
    return [(x, count, torch.float64) for x in tensors]


def double(v: Tensor) -> Tensor:
    """One number a channel, as kernels read it."""
    return v.double().contiguous()


def spread(stats: Known, eps: float) -> list[Tensor]:
    """The mean, and what the deviation is the root of."""
    mean, var = stats
    return [double(mean), double(var) + eps]


def count_chunks(rows: int) -> int:
    """How many parts sums are made in: it depends on the data alone."""
    return max(1, min(CHUNKS, rows // 8))


def inmost(x: Tensor, window: Window | None) -> bool:
    """Whether C takes x [B, C, ...]: its channels lie innermost, without gaps."""
    if window is not None:
        return fits(x, window)
    dense = x.dim() > 1 and x.movedim(1, -1).is_contiguous()
    return dense and x.is_cpu
