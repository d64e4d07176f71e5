"""Alternating rounds, medians, and the table of them."""

import math
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median

VISIT = 0.05  # seconds: what is shorter is called several times a visit


@dataclass(frozen=True)
class Row:
    """A contestant: seconds a call in each round; none if it did not take part."""

    name: str
    seconds: tuple[float, ...] = ()
    mib: float | None = None
    note: str = ""


def alternate(
    runs: Mapping[str, Callable[[], object]],
    rounds: int,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, tuple[float, ...]]:
    """Seconds a call of each, in each round; the order of a round is random, always the same.

    Each is called twice before, once to start it and once to see how often a visit calls it.
    """
    calls = {}
    for name, run in runs.items():
        run()
        calls[name] = max(1, math.floor(VISIT / max(visit(run, 1, clock), 1e-9)))
    times: dict[str, list[float]] = {name: [] for name in runs}
    order, dice = list(runs), random.Random(0)
    for _ in range(rounds):
        dice.shuffle(order)
        for name in order:
            times[name].append(visit(runs[name], calls[name], clock))
    return {name: tuple(seconds) for name, seconds in times.items()}


def visit(run: Callable[[], object], calls: int, clock: Callable[[], float]) -> float:
    """Seconds of one of so many calls."""
    start = clock()
    for _ in range(calls):
        run()
    return (clock() - start) / calls


def table(rows: Iterable[Row], base: str) -> Iterator[str]:
    """Lines of a Markdown table; ratios are to the row called ``base``."""
    rows = list(rows)
    unit = next((median(row.seconds) for row in rows if row.name == base and row.seconds), None)
    yield f"| | ms | from – to | × {base} | peak MiB | |"
    yield "|---|--:|--:|--:|--:|---|"
    for row in rows:
        cells = [*timed(row.seconds, unit), "" if row.mib is None else f"{row.mib:.0f}"]
        yield f"| {row.name} | {' | '.join(cells)} | {row.note} |"


def timed(seconds: tuple[float, ...], unit: float | None) -> tuple[str, str, str]:
    """The median, the range, and the ratio to ``unit``, as text."""
    if not seconds:
        return "–", "", ""
    middle = median(seconds)
    span = f"{digits(min(seconds) * 1e3)} – {digits(max(seconds) * 1e3)}"
    return digits(middle * 1e3), span, "" if unit is None else f"{middle / unit:.2f}"


def digits(number: float) -> str:
    """Three digits, and never a power of ten."""
    if number == 0:
        return "0"
    return f"{number:.{max(0, 2 - math.floor(math.log10(number)))}f}"
