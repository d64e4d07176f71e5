"""Peak memory of a contestant, in a process of its own."""

import multiprocessing
import re
import warnings
from pathlib import Path

from benchmarks.peers.contestants import contestants
from benchmarks.peers.settings import Settings, prepare
from benchmarks.peers.workloads import chosen, problem

CALLS = 2


def peak(workload: str, name: str, settings: Settings, mode: str) -> float | None:
    """MiB that a contestant takes at most beyond what the process had before; None if unknown."""
    if not Path("/proc/self/clear_refs").exists():
        return None
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(grown, (workload, name, settings, mode))


def grown(workload: str, name: str, settings: Settings, mode: str) -> float:
    """What it takes to make the network and to call it."""
    warnings.simplefilter("ignore")
    prepare(settings)
    made = problem(chosen([workload])[0], settings)
    (contestant,) = (c for c in contestants(made, settings, mode) if c.name == name)
    Path("/proc/self/clear_refs").write_text("5")  # the highest so far is now
    before = highest()
    run = getattr(contestant.enter(), mode)
    for _ in range(CALLS):
        run()
    return highest() - before


def highest() -> float:
    """The most memory that this process has had, in MiB."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) / 1024
