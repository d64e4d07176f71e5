"""The value of a given rank among any number of values, exactly and in bounded memory.

Where few values are above the one wanted, as for high percentiles, one pass keeps those. Else
three passes find its bits, eleven or ten at a time, since floats that are not negative are
ordered as their bits are: each pass counts how many values have which next bits, among those
that begin as the one wanted does.
"""

from fractions import Fraction
from typing import Protocol

import torch
from torch import Tensor

WIDTHS = (11, 11, 10)  # bits of float32, the highest first
PIECE = 2**20  # values that are looked at together
KEPT = 2**22  # values that are kept at most, twice over


class Search(Protocol):
    """A way to the values of a rank, one for each row."""

    def see(self, x: Tensor) -> None:
        """Takes values [rows, values], none of them negative."""
        ...

    def again(self) -> bool:
        """Ends a pass; whether there has to be another."""
        ...

    def value(self) -> Tensor:
        """The values wanted, [rows], after the last pass."""
        ...


class Ranks:
    """The smallest value that `percent` of all do not exceed, of each row.

    `batches` is how many there will be, as large as the first or smaller; 0 if that is unknown.
    """

    def __init__(self, percent: float, batches: int = 0) -> None:
        self.share = Fraction(str(percent)) / 100
        self.batches = batches
        self.search: Search | None = None

    def see(self, x: Tensor) -> None:
        """Takes values [rows, values], none of them negative."""
        if self.search is None:
            most = self.batches * x.shape[1]
            above = most - rank(most, self.share) + 1
            keeps = 0 < most and above * len(x) <= KEPT
            self.search = Highest(self.share, above) if keeps else Bits(self.share)
        self.search.see(x)

    def again(self) -> bool:
        """Ends a pass; whether there has to be another."""
        assert self.search is not None
        if isinstance(self.search, Highest) and not self.search.enough:
            self.search = Bits(self.share)
            return True
        return self.search.again()

    def value(self) -> Tensor:
        """The values wanted, [rows], after the last pass."""
        assert self.search is not None
        return self.search.value()


def rank(count: int, share: Fraction) -> int:
    """The place, from 1 on, of the value that a share of so many do not exceed."""
    return max(1, -(-count * share.numerator // share.denominator))


class Highest:
    """Keeps the highest values of each row, and at most twice as many as it has to."""

    def __init__(self, share: Fraction, above: int) -> None:
        self.share, self.above = share, above
        self.count = 0
        self.rows: list[Row] = []

    def see(self, x: Tensor) -> None:
        """Takes values [rows, values], none of them negative."""
        self.rows = self.rows or [Row(self.above) for _ in x]
        self.count += x.shape[1]
        for row, values in zip(self.rows, x):
            row.see(values)

    @property
    def place(self) -> int:
        """That of the value wanted, from the highest, which is at 1."""
        return self.count - rank(self.count, self.share) + 1

    @property
    def enough(self) -> bool:
        """Whether the value wanted is among those that were kept."""
        return self.place <= self.above

    def again(self) -> bool:
        """One pass is all."""
        return False

    def value(self) -> Tensor:
        """The values wanted, [rows]."""
        return torch.stack([row.value(self.place) for row in self.rows])


class Row:
    """The highest values of one row; those that are 0 need not be kept."""

    def __init__(self, many: int) -> None:
        self.many = many
        self.floor = 0.0  # what is not above it is not among the highest
        self.kept: list[Tensor] = []

    def see(self, x: Tensor) -> None:
        """Takes values, of any number."""
        x = x.float()
        self.kept.append(x[x > self.floor])
        if sum(map(len, self.kept)) > 2 * self.many:
            highest = torch.cat(self.kept).topk(self.many, sorted=False).values
            self.kept, self.floor = [highest], float(highest.amin())

    def value(self, place: int) -> Tensor:
        """The value at that place from the highest."""
        kept = torch.cat(self.kept)
        if place > len(kept):
            return kept.new_zeros(())
        return kept.topk(place, sorted=False).values.amin()


class Bits:
    """Finds the bits of the values wanted, in three passes."""

    def __init__(self, share: Fraction) -> None:
        self.share = share
        self.pass_number = 0
        self.counts: Tensor | None = None
        # the first bits of the values wanted
        self.known = torch.zeros(0, dtype=torch.int64)
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
            self.rank = torch.full_like(self.counts[:, 0], rank(count, self.share))
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
