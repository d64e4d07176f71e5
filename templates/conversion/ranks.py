"""The value of a given rank among any number of values, exactly and in bounded memory.

Floats that are not negative are ordered as their bits are. So three passes over the values
find the bits of the one wanted, eleven or ten at a time: each pass counts how many values
have which next bits, among those that begin as the one wanted does.
"""

from fractions import Fraction

import torch
from torch import Tensor

WIDTHS = (11, 11, 10)  # bits of float32, the highest first
PIECE = 2**20  # values that are looked at together


class Ranks:
    """The smallest value that `percent` of all do not exceed, of each row."""

    def __init__(self, percent: float) -> None:
        self.share = Fraction(str(percent)) / 100
        self.pass_number = 0
        self.counts: Tensor | None = None
        self.known = torch.zeros(
            0, dtype=torch.int64
        )  # the first bits of the values wanted
        self.rank = self.known

    @property
    def shift(self) -> int:
        """How many bits come after those of this pass."""
        return sum(WIDTHS[self.pass_number + 1 :])

    def see(self, x: Tensor) -> None:
        """Counts values [rows, values], none of them negative."""
        cells = 2 ** WIDTHS[self.pass_number]
        if self.counts is None:
            self.counts = torch.zeros(len(x), cells, dtype=torch.int64, device=x.device)
        rows = torch.arange(len(x), device=x.device)[:, None]
        for piece in torch.split(x, max(1, PIECE // len(x)), 1):
            # adding 0 makes -0 a 0, whose bits are 0
            bits = (piece.float() + 0.0).contiguous().view(torch.int32)
            row = (rows * cells).expand_as(bits)
            if self.pass_number:
                first = bits >> (self.shift + WIDTHS[self.pass_number])
                begins = first == self.known[:, None]
                bits, row = bits[begins], row[begins]
            cell = row + (bits >> self.shift) % cells
            found = torch.bincount(cell.flatten(), minlength=self.counts.numel())
            self.counts += found.view_as(self.counts)

    def again(self) -> bool:
        """Ends a pass; whether there has to be another."""
        assert self.counts is not None
        if self.pass_number == 0:
            count = int(self.counts[0].sum())
            highest = -(-count * self.share.numerator // self.share.denominator)
            self.rank = torch.full_like(self.counts[:, 0], max(1, highest))
            self.known = torch.zeros_like(self.rank)
        below = self.counts.cumsum(1)
        cell = (below < self.rank[:, None]).sum(1)
        before = torch.where(
            cell > 0, below.gather(1, (cell - 1).clamp(min=0)[:, None])[:, 0], 0
        )
        self.rank = self.rank - before
        self.known = (self.known << WIDTHS[self.pass_number]) + cell
        self.pass_number, self.counts = self.pass_number + 1, None
        return self.pass_number < len(WIDTHS)

    def value(self) -> Tensor:
        """The values wanted, [rows], after the last pass."""
        return self.known.to(torch.int32).view(torch.float32)
