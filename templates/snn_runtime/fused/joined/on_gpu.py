"""Joined neurons as CUDA."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from ..calls import Call, Launch, Operand
from ..cuda import PLAIN, cuda_launch, macros, widest
from ..joining_cuda import JOINING_CUDA
from ..launch import read
from ..prelude import PRELUDE, PRELUDE_CUDA
from .forms import Form, image, inner, room
from .parts import Known, Native, Norm, doubles
from .prelude_cuda import PRELUDE_NORMED_CUDA

THREADS = 2**17  # at most, where each adds up what it sees: all that a GPU has at once
LANES = 32  # that share the elements of a channel, side by side


@dataclass(frozen=True)
class Shares:
    """How threads share elements out, so that each has those of one channel.

    A thread has ``pack`` neighbours at a time; ``lanes`` share what lies side by side, ``groups``
    the rest. All of it depends on sizes alone.
    """

    count: int
    side: int
    channels: int
    pack: int

    @property
    def lanes(self) -> int:
        return min(LANES, max(1, self.side // self.pack))

    @property
    def columns(self) -> int:
        """Channels, or packs of channels where these lie innermost."""
        return self.channels // self.pack if self.side == 1 else self.channels

    @property
    def groups(self) -> int:
        rows = self.count // (self.channels * self.side)
        return max(1, min(rows, THREADS // (self.lanes * self.columns)))

    @property
    def parts(self) -> int:
        """How many sums there are of each channel."""
        return self.groups * self.lanes

    @property
    def threads(self) -> int:
        return self.parts * self.columns


@dataclass(frozen=True)
class OnGpu(Native):
    """One call by CUDA."""

    call: Call
    form: Form
    text: str

    @cached_property
    def pack(self) -> int:
        """How many elements a thread has at a time."""
        if self.form.window:
            return self.form.window.cells
        side = inner(self.call.sample) if self.form.normed else 1
        inmost = self.channels if side == 1 and self.form.normed else side
        return widest(self.call) if inmost % 2 == 0 or not self.form.normed else 1

    @cached_property
    def segment(self) -> int:
        """How many steps a thread holds at a time."""
        size = self.form.window.cells if self.form.window else 1
        size *= 2 if self.form.window and self.call.dtype.itemsize == 8 else 1
        return max(1, self.call.spec.segment // size)

    @property
    def scratch(self) -> int:
        marks = max(0, -(-self.call.steps // self.segment) - 1)
        return marks * len(self.call.spec.start) * self.units * self.pack

    @property
    def units(self) -> int:
        """How many threads there are if each has its elements once."""
        if not self.form.window:
            return self.call.size // self.pack
        like = room(self.call, self.form.window, "meta")
        return like[0].numel() if self.call.steps else like.numel()

    @property
    def channels(self) -> int:
        return self.call.sample.shape[1]

    @property
    def shares(self) -> Shares:
        """Those of the way back."""
        side, window = inner(self.call.sample), self.form.window
        if window is None:
            return Shares(self.call.size, side, self.channels, self.pack)
        high, wide = (a // b for a, b in zip(self.call.sample.shape[-2:], window.size))
        return Shares(self.units, side if side == 1 else high * wide, self.channels, 1)

    @property
    def ready(self) -> Launch:
        """A launch, behind which all kernels are compiled: never inside a graph's capture."""
        where, known = (
            self.call.inputs[0].device,
            macros(self.call, self.pack, self.segment),
        )
        names = tuple(f"{self.form.neuron}_{end}" for end in ("forward", "backward"))
        known = (*known, *self.form.macros)
        if self.form.normed:
            every = ("statistics", "lines", "slopes")
            cuda_launch(NORMS, every, self.call.dtype, where, 1, NORM)
            cuda_launch(
                NORMS, ("finish",), self.call.dtype, where, 1, self.finishing[1]
            )
        return cuda_launch(self.text, names, self.call.dtype, where, 1, known)

    @property
    def finishing(self) -> tuple[int, tuple[str, ...]]:
        """How many neighbours a thread has when it finishes, and the macros that say so."""
        side = inner(self.call.sample)
        pack = (
            widest(self.call) if (self.channels if side == 1 else side) % 2 == 0 else 1
        )
        return pack, (f"-DPACK={pack}", *(v for v in NORM if "PACK" not in v))

    def launch(self, end: str, arguments: Sequence[Operand]) -> None:
        summed = end == "backward" and self.form.normed
        count = self.shares.threads if summed else self.units
        known = macros(self.call, self.pack, self.segment)
        name = f"{self.form.neuron}_{end}"
        pack = 1 if self.form.window else self.pack
        self.start(name, arguments, count, (*known, *self.form.macros), pack, self.text)

    def start(
        self,
        name: str,
        arguments: Sequence[Operand],
        count: int,
        known: Sequence[str],
        pack: int = 1,
        text: str = "",
    ) -> None:
        """One of a text's kernels, with so many threads."""
        call, known = self.call, tuple(known)
        how = call.dtype, call.inputs[0].device, count, known, pack
        launch = cuda_launch(text or NORMS, (name,), *how)
        launch(name, arguments)

    def sizes(self, back: bool) -> list[Operand]:
        side, channels = 1, 1
        if self.form.normed or self.form.window:
            side, channels = inner(self.call.sample), self.channels
        shares = self.shares if back and self.form.normed else Shares(1, 1, 1, 1)
        return [shares.lanes, side, channels, *image(self.call), shares.groups]

    def lines(self, norm: Norm) -> tuple[list[Tensor], list[Tensor]]:
        channels, real = self.channels, self.call.real
        if len(norm.stats) == 3:
            return [*norm.stats[2].contiguous()], []
        found = [] if norm.stats else [self.row(real) for _ in range(2)]
        parts, count = self.statistics() if found else (None, 0)
        rows = self.call.sample.new_empty(3, channels, dtype=real)
        read = self.real(norm.stats) if norm.stats else (None, None)
        arguments: list[Operand] = [
            (parts, 3 * count * channels, torch.float64) if parts is not None else None,
            *read,
            *(self.real(norm.affine) or (None, None)),
            *(((v, channels, real) for v in found) if found else (None, None)),
            *((v, channels, real) for v in rows),
        ]
        arguments += [count, channels, bits(norm.eps)]
        self.start("lines", arguments, channels, NORM)
        return [*rows], [*found, *[rows] * bool(found)]

    def statistics(self) -> tuple[Tensor, int]:
        """Counts, means and squares of the parts of each channel; how many parts there are."""
        x, side = self.call.inputs[0], inner(self.call.sample)
        shares = Shares(x.numel(), side, self.channels, 1)
        size = 3 * shares.parts * self.channels
        parts = x.new_empty(size, dtype=torch.float64)
        sizes = x.numel(), side, self.channels, shares.lanes, shares.groups
        arguments = [*read(self.call, [x]), *doubles(size, parts), *sizes]
        self.start("statistics", arguments, shares.threads, NORM)
        return parts, shares.parts

    def sums(self) -> Tensor:
        size = self.shares.parts, 2, self.channels
        return self.call.sample.new_empty(size, dtype=torch.float64)

    def finish(self, norm: Norm, g: Tensor, sums: Tensor) -> list[Tensor]:
        x, channels, real = self.call.inputs[0], self.channels, self.call.real
        side, slopes = inner(self.call.sample), [self.row(real), self.row(real)]
        rows, g_x = x.new_empty(4 * channels, dtype=real), torch.empty_like(x)
        arguments: list[Operand] = [
            *doubles(sums.numel(), sums),
            *self.real(norm.stats[:2]),
            *(self.real(norm.affine[:1]) or (None,)),
            *((v, v.numel(), real) for v in (rows, *slopes)),
        ]
        count = x.numel() // channels if norm.batch else 0
        arguments += [len(sums), count, channels, bits(norm.eps)]
        self.start("slopes", arguments, channels, NORM)
        pack, known = self.finishing
        shares = Shares(x.numel(), side, channels, pack)
        arguments = [*read(self.call, [x, g]), (rows, 4 * channels, real)]
        arguments += [*read(self.call, [g_x]), x.numel(), side, channels]
        arguments += [shares.lanes, shares.groups]
        self.start("finish", arguments, shares.threads, known, pack)
        return [g_x, *slopes]

    def row(self, dtype: torch.dtype) -> Tensor:
        """Room for a number of each channel."""
        return self.call.sample.new_empty(self.channels, dtype=dtype)

    def real(self, values: Known) -> list[Operand]:
        """Numbers of each channel as kernels read them."""
        real = self.call.real
        found = (v.to(real).contiguous() for v in values)
        return [(v, self.channels, real) for v in found]


NORM = (*PLAIN, "-DWITH_NORM")
NORMS = PRELUDE + PRELUDE_CUDA + JOINING_CUDA + PRELUDE_NORMED_CUDA


def bits(value: float) -> int:
    """A float64 as a kernel's argument, which has 64 bits."""
    found: int
    (found,) = struct.unpack("q", struct.pack("d", value))
    return found
