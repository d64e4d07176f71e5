"""Joined neurons as C."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from ..calls import BLOCK, Call, Launch, Operand
from ..cpu import blocks_of, count_threads, launching
from ..launch import read
from .forms import Form, block, image, inner
from .parts import Known, Native, Norm, doubles
from .prelude import CHUNKS
from .windows import channels_last


@dataclass(frozen=True)
class OnCpu(Native):
    """One call by C: ``texts`` are for channels innermost with windows, and for all else."""

    call: Call
    form: Form
    texts: tuple[str, str]

    @cached_property
    def places(self) -> bool:
        """Whether C goes over places of images, channels side by side."""
        return self.form.window is not None and channels_last(self.call.sample)

    @cached_property
    def threads(self) -> int:
        return count_threads(
            blocks_of(self.call.size), self.call.size * self.call.steps
        )

    @cached_property
    def block(self) -> int:
        """How many elements a thread works on at a time."""
        return BLOCK if self.places else block(self.call, self.form.window)

    @cached_property
    def run(self) -> Launch:
        """The functions of the text. Raises Unavailable."""
        known = f"-DBLOCK={self.block}", *self.form.macros
        return launching(
            self.texts[not self.places], self.call.dtype, self.threads, known
        )

    @property
    def scratch(self) -> int:
        window, spec = self.form.window, self.call.spec
        cells = window.cells if window and self.places else 1
        kept = cells * (len(spec.kept_states) + spec.kept_values) + 1
        return self.threads * self.call.steps * self.block * kept

    def launch(self, end: str, arguments: Sequence[Operand]) -> None:
        window = self.form.window
        name = f"{self.form.neuron}_{window.how}_" if window else ""
        name = f"{name}{window.height}x{window.width}" if window else self.form.neuron
        self.run(f"{name if self.places else self.form.neuron}_{end}", arguments)

    def sizes(self, back: bool) -> list[Operand]:
        wide, side = self.wide, inner(self.call.sample)
        span = wide if self.tiled else self.block
        chunks = self.chunks if back and self.form.normed else self.runs
        return [span, side, wide, *image(self.call), chunks]

    @property
    def runs(self) -> int:
        """How many parts there are, if each is a thread's own."""
        if self.places and self.form.window:
            batch, channels, height, width = self.call.sample.shape
            down, across = self.form.window.size
            return batch * (height // down) * (width // across) * blocks_of(channels)
        return blocks_of(self.call.size)

    @property
    def chunks(self) -> int:
        """How many parts sums are made in: it depends on the data alone."""
        side = inner(self.call.sample)
        return count_chunks(self.call.size // (self.wide if side == 1 else self.block))

    @property
    def tiled(self) -> bool:
        """Whether places with few channels are taken together."""
        side, channels = inner(self.call.sample), self.channels
        return side == 1 and not self.places and channels < BLOCK

    @property
    def wide(self) -> int:
        """The numbers that are taken for the channels of one place."""
        return BLOCK // self.channels * self.channels if self.tiled else self.channels

    @property
    def channels(self) -> int:
        return self.call.sample.shape[1]

    @property
    def flat(self) -> "OnCpu":
        """The same call without windows: what is normalised has none."""
        return OnCpu(self.call, Form(self.form.neuron, None, True), self.texts)

    def lines(self, norm: Norm) -> tuple[list[Tensor], list[Tensor]]:
        found = [] if norm.stats else self.flat.statistics(self.run)
        stats, wide = norm.stats or found, self.wide
        rows = [torch.empty(wide, dtype=self.call.real) for _ in range(3)]
        given = [
            *doubles(self.channels, *spread(stats, norm.eps)),
            *(doubles(self.channels, *map(double, norm.affine)) or (None, None)),
        ]
        self.run("lines", [*given, *self.per(wide, *rows), self.channels, wide])
        return rows, found

    def statistics(self, run: Launch) -> list[Tensor]:
        """Mean and variance of each channel over all else, [C] in float64."""
        x, channels, wide = self.call.inputs[0], self.channels, self.wide
        side = inner(self.call.sample)
        found = [numbers(channels), numbers(channels)]
        rows = x.numel() // wide if side == 1 else 8 * (x.numel() // (side * channels))
        chunks = count_chunks(rows)
        parts = doubles(chunks * 2 * wide, numbers(chunks, 2, wide))
        given = *read(self.call, [x]), *doubles(channels, *found)
        run("statistics", [*given, *parts, x.numel(), wide, channels, side, chunks])
        return found

    def sums(self) -> Tensor:
        return torch.zeros(self.chunks, 2, self.wide, dtype=torch.float64)

    def finish(self, norm: Norm, g: Tensor, sums: Tensor) -> list[Tensor]:
        x, channels, flat = self.call.inputs[0], self.channels, self.flat
        wide, side = flat.wide, inner(self.call.sample)
        slopes = [numbers(channels), numbers(channels)]
        rows, added = torch.empty(4, wide, dtype=self.call.real), sums.shape[-1]
        given = [
            *read(self.call, [x, g]),
            *doubles(sums.numel(), sums),
            *doubles(channels, *spread(norm.stats, norm.eps)),
            *(doubles(channels, *map(double, norm.affine[:1])) or (None,)),
            *self.per(4 * wide, rows),
            *doubles(channels, *slopes),
        ]
        count = x.numel() // channels if norm.batch else 0
        span = wide if flat.tiled else BLOCK
        size = count, x.numel(), span, added, wide, channels, side
        self.run("finish", [*given, *size])
        return [g, *slopes]

    def per(self, count: int, *tensors: Tensor) -> list[Operand]:
        """So many numbers each, of the type that is computed in."""
        return [(x, count, self.call.real) for x in tensors]


def numbers(*size: int) -> Tensor:
    """Room for numbers in float64."""
    return torch.empty(size, dtype=torch.float64)


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
