"""Where the time of training goes: a table, and a trace for a browser."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import torch
from torch.profiler import ProfilerActivity

from .learner import Learner
from .processes import Team

WARM_UP = 3  # steps in which kernels are compiled and memory is claimed
ROWS = 20
TRACE = "trace.json"


class Profiled(Exception):
    """As many steps as were asked for are recorded."""


class Profiler:
    """Records so many steps of the optimizer, after those that warm up.

    All processes count them, so that none waits for another; the leader records.
    """

    def __init__(self, steps: int, team: Team) -> None:
        self.steps, self.leads, self.done = steps, team.leads, 0
        self.gpu = team.device.type == "cuda"
        activities = [ProfilerActivity.CPU, ProfilerActivity.CUDA][: 1 + self.gpu]
        self.record = torch.profiler.profile(activities=activities)
        self.seconds = 0.0

    def step(self) -> None:
        """To be called after every step. Raises Profiled after the last."""
        self.done += 1
        if self.leads and self.done == WARM_UP:
            self.record.start()
            self.seconds = -time.perf_counter()
        if self.done == WARM_UP + self.steps:
            self.seconds += time.perf_counter()
            if self.leads:
                self.record.stop()
            raise Profiled

    def table(self) -> Iterator[str]:
        """The operations that took longest by themselves, for one step."""
        own = f"self_{'device' if self.gpu else 'cpu'}_time_total"
        found = [(getattr(e, own), e.count, e.key) for e in self.record.key_averages()]
        found.sort(reverse=True)
        whole = sum(spent for spent, _, _ in found) or 1
        rest = found[ROWS:]
        others = (sum(row[0] for row in rest), sum(row[1] for row in rest), "others")
        yield f"{'ms a step':>10} {'share':>6} {'calls':>7}  operation"
        for spent, calls, name in [*found[:ROWS], *[others] * bool(rest)]:
            each = f"{spent / self.steps / 1000:10.3f} {spent / whole:6.1%}"
            yield f"{each} {calls / self.steps:7.1f}  {name}"


def profile(
    learner: Learner, epoch: Callable[[], object], steps: int, folder: Path
) -> None:
    """Runs epochs until so many steps are recorded; nothing that they learn is kept.

    Prints the table and writes the trace into the folder of the run.
    """
    learner.schedule.scheduler = None  # it may end before the steps do
    learner.after_step = (profiler := Profiler(steps, learner.team)).step
    with suppress(Profiled):
        while True:
            learner.batch = 0
            epoch()
    if learner.team.leads:
        print("\n".join(profiler.table()))
        each = 1000 * profiler.seconds / steps
        print(f"{steps} steps of {each:.1f} ms; being recorded slows them a little")
        profiler.record.export_chrome_trace(str(folder / TRACE))
        print(f"trace  {folder / TRACE}: for ui.perfetto.dev or chrome://tracing")
