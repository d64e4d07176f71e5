"""One workload in one mode: who takes part, whether all compute the same, and how fast."""

import copy
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import torch

from benchmarks.peers.agreement import DifferentError
from benchmarks.peers.contestants import Contestant, contestants
from benchmarks.peers.floor import Floor
from benchmarks.peers.measure import Row, alternate
from benchmarks.peers.memory import peak
from benchmarks.peers.peer import AbsentError
from benchmarks.peers.settings import Settings
from benchmarks.peers.side import Side
from benchmarks.peers.workloads import Problem

Run = Callable[[], object]


@dataclass
class Field:
    """All contestants: a row for each, and who is at the start."""

    rows: dict[str, Row] = field(default_factory=dict)
    sides: dict[str, Side | Floor] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)  # who computes something else


def race(problem: Problem, mode: str, settings: Settings) -> tuple[list[Row], bool]:
    """A row for every contestant, and whether all who took part compute the same.

    ``mode`` is "train" or "infer".
    """
    start = Field()
    for contestant in contestants(problem, settings, mode):
        print(f"  {contestant.name}", file=sys.stderr, flush=True)
        admit(contestant, start)
    for name, note in seen(problem, start.sides, settings):
        start.rows[name] = noted(start.rows[name], note)
    runs: dict[str, Run] = {name: getattr(side, mode) for name, side in start.sides.items()}
    for name, seconds in alternate(runs, settings.rounds).items():
        start.rows[name] = replace(start.rows[name], seconds=seconds)
    if settings.memory:
        for name in start.sides:
            mib = peak(problem.workload.name, name, settings, mode)
            start.rows[name] = replace(start.rows[name], mib=mib)
    return list(start.rows.values()), not start.wrong


def admit(contestant: Contestant, start: Field) -> None:
    """Lets a contestant in if it can take part and computes the same; else its row says why not."""
    row = Row(contestant.name)
    try:
        row = noted(row, contestant.check())
        side = start.sides[contestant.name] = contestant.enter()
        row = noted(row, side.note)
    except AbsentError as absent:
        row = noted(row, str(absent))
    except DifferentError as different:
        row = noted(row, f"**differs**: {different}")
        start.wrong.append(contestant.name)
    start.rows[contestant.name] = row


def noted(row: Row, note: str) -> Row:
    """The row with one more note."""
    return replace(row, note="; ".join(part for part in (row.note, note) if part))


def seen(
    problem: Problem, sides: dict[str, Side | Floor], settings: Settings
) -> Iterator[tuple[str, str]]:
    """How near answers to the batch are to snnc's in float32, where they are not all equal.

    This is in the precision that is timed, where spikes flip; random encoders are left out.
    """
    if problem.workload.random:
        return
    exact = Side(copy.deepcopy(problem.net), problem, replace(settings, dtype="fp32")).infer()
    for name, side in sides.items():
        if isinstance(side, Floor):
            continue
        y = side.infer().to(exact.dtype)
        equal = float(torch.isclose(y, exact, rtol=1e-3, atol=1e-6).float().mean())
        classes = float((y.argmax(1) == exact.argmax(1)).float().mean())
        if min(equal, classes) < 1:
            yield name, f"as snnc in fp32: {equal:.1%} of answers, {classes:.1%} of classes"
