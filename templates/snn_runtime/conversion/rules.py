"""How high the threshold of a neuron is: rules that look at the values of an activation.

An observer sees the values of one activation, [rows, values] with a row for each channel or
a single one, batch by batch. After each pass it says whether it needs another.
"""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Protocol

import torch
from torch import Tensor

from .ranks import Ranks

CELLS = 2048  # of a histogram of values up to the maximum


@dataclass(frozen=True)
class Target:
    """The neurons that thresholds are found for."""

    per: str  # layer or channel
    time_steps: int
    half: bool  # whether neurons start at half of the threshold
    batches: int = 0  # how many will be seen; 0 if that is unknown


class Observer(Protocol):
    """What a rule has seen of one activation."""

    def see(self, x: Tensor) -> None:
        """Takes values [rows, values], none of them negative."""
        ...

    def again(self) -> bool:
        """Ends a pass; whether there has to be another."""
        ...

    def value(self) -> Tensor:
        """The thresholds, [rows]."""
        ...


class Rule(Protocol):
    """A way to find thresholds."""

    @property
    def text(self) -> str:
        """What it is called: "max", "99.9%", "0.5"."""
        ...

    @property
    def clips(self) -> bool:
        """Whether later layers see what is clipped at the threshold so far."""
        ...

    def observer(self, target: Target) -> Observer:
        """A new one, for these neurons."""
        ...


@dataclass(frozen=True)
class Fraction:
    """A part of the maximum over all samples."""

    of: float
    clips = False

    @property
    def text(self) -> str:
        return "max" if self.of == 1 else f"{self.of:g}"

    def observer(self, target: Target) -> Observer:
        return Maximum(self.of)


@dataclass(frozen=True)
class Percentile:
    """The smallest value that so many percent of all do not exceed."""

    percent: float
    clips = False

    @property
    def text(self) -> str:
        return f"{self.percent:g}%"

    def observer(self, target: Target) -> Observer:
        return Ranks(self.percent, target.batches)


@dataclass(frozen=True)
class Balance:
    """Local threshold balancing: thresholds climb from 0 towards what they clip."""

    rate: float = 1.0
    passes: int = 4
    clips = True
    text = "balance"

    def observer(self, target: Target) -> Observer:
        return Climbing(self.rate, self.passes)


@dataclass(frozen=True)
class Mmse:
    """The threshold with the least mean squared error of what the steps can say."""

    grid: int = 100
    clips = False
    text = "mmse"

    def observer(self, target: Target) -> Observer:
        return Quantised(self.grid, target.time_steps, target.half)


class Maximum:
    """The largest of each row, times a factor."""

    def __init__(self, factor: float) -> None:
        self.factor = factor
        self.largest: Tensor | None = None

    def see(self, x: Tensor) -> None:
        found = x.amax(1)
        self.largest = found if self.largest is None else self.largest.maximum(found)

    def again(self) -> bool:
        return False

    def value(self) -> Tensor:
        assert self.largest is not None
        return self.largest * self.factor


class Climbing:
    """A threshold that rises by 2·rate times the mean of what is above it."""

    def __init__(self, rate: float, passes: int) -> None:
        self.rate, self.passes = rate, passes
        self.height: Tensor | None = None

    def see(self, x: Tensor) -> None:
        height = x.new_zeros(len(x)) if self.height is None else self.height
        above = (x - height[:, None]).clamp(min=0).mean(1)
        self.height = height + 2 * self.rate * above

    def again(self) -> bool:
        self.passes -= 1
        return self.passes > 0

    def value(self) -> Tensor:
        assert self.height is not None
        return self.height


class Quantised:
    """The best of a grid below the maximum, on a histogram of the values."""

    def __init__(self, grid: int, time_steps: int, half: bool) -> None:
        self.grid, self.time_steps = grid, time_steps
        self.start = 0.5 if half else 0.0
        self.maximum = Maximum(1.0)
        self.counts: Tensor | None = None

    def see(self, x: Tensor) -> None:
        if self.counts is None:
            self.maximum.see(x)
            return
        cell = (x / self.width[:, None]).long().clamp(max=CELLS - 1)
        cell += torch.arange(len(x), device=x.device)[:, None] * CELLS
        found = torch.bincount(cell.flatten(), minlength=self.counts.numel())
        self.counts += found.view_as(self.counts)

    @property
    def width(self) -> Tensor:
        """Of a cell of each row."""
        return self.maximum.value().clamp(min=1e-30) / CELLS

    def again(self) -> bool:
        if self.counts is not None:
            return False
        rows = len(self.maximum.value())
        shape, device = (rows, CELLS), self.maximum.value().device
        self.counts = torch.zeros(shape, dtype=torch.int64, device=device)
        return True

    def value(self) -> Tensor:
        assert self.counts is not None
        cells = torch.arange(CELLS, device=self.counts.device, dtype=torch.float64)
        x = (cells + 0.5) * self.width[:, None].double()
        # where everything is the same, 0 included, its cell says it better than its middle
        x = torch.where(cells == 0, 0.0, x)
        top = self.maximum.value().double()
        scores = [self.error(x, top * (1 - i / self.grid)) for i in range(self.grid)]
        best = torch.stack(scores).argmin(0)
        return (top * (1 - best / self.grid)).to(self.maximum.value().dtype)

    def error(self, x: Tensor, height: Tensor) -> Tensor:
        """The squared error of each row, summed over its values."""
        step = height[:, None].clamp(min=1e-30) / self.time_steps
        spikes = (x / step + self.start).floor().clamp(0, self.time_steps)
        assert self.counts is not None
        return ((x - spikes * step) ** 2 * self.counts).sum(1)


NAMED: dict[str, Rule] = {"balance": Balance(), "max": Fraction(1.0), "mmse": Mmse()}


def rule_of(text: str) -> Rule:
    """The rule that is written "max", "99.9%", "0.5", "balance" or "mmse".

    Raises ValueError, with a sentence that says what it should be.
    """
    word = text.strip()
    if word in NAMED:
        return NAMED[word]
    if not re.fullmatch(r"\d*\.?\d+%?", word):
        near = get_close_matches(word, NAMED, 1)
        known = f"expected {', '.join(NAMED)}, a percentage or a fraction."
        hint = f"did you mean {near[0]}?" if near else known
        raise ValueError(f"There is no rule {word or 'without a name'}: {hint}")
    number, of_all = float(word.rstrip("%")), 100.0 if word.endswith("%") else 1.0
    if not 0 < number <= of_all:
        hint = (
            f", or a percentage: {word}%?" if 1 < number <= 100 and of_all == 1 else "."
        )
        raise ValueError(f"{word} must be above 0 and at most {of_all:g}{hint}")
    return Percentile(number) if of_all > 1 else Fraction(number)
