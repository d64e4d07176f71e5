"""Runs and builds that die at each of their events, and what they leave.

    python -m tests.faults.kills           every event of every scenario: some minutes
    python -m tests.faults.kills --short   a handful of each

A scenario is carried out once, to count its events. Then it is carried out again and again, each
time in a process forked from this one: killed before event 1, 2, …, killed in the middle of each
write, and on a disk that is full from event 1, 2, … on. Afterwards the same command is given once
more, and has to end with the same bits and without left-overs.
"""

import argparse
import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path

from tests.faults.events import Failure, arm
from tests.faults.scenarios import ROOT, Outcome, Scenario, builds, forked, trainings

KINDS = ("training", "build")
LATE = ("sklearn.datasets", "torch._dynamo")  # what a run imports only when it begins


class Trial:
    """Scenarios in a folder of their own, and what was found wrong."""

    def __init__(self, folder: Path, short: bool) -> None:
        self.folder, self.short = folder, short
        self.failures: list[str] = []

    def run(self, scenario: Scenario) -> None:
        """Every failure at every event, or at a handful of them."""
        place = self.place(scenario, "warm")  # kernels are compiled and cached
        forked(lambda: scenario.first(place), self.folder / "said")
        whole = self.place(scenario, "whole")
        outcome, events = self.at(scenario, whole, 0, "none")
        if outcome.code or outcome.killed:
            self.failures.append(f"{scenario.name}: fails by itself: {outcome.said}")
            return
        writes = [n for n, event in enumerate(events, 1) if event.startswith("write ")]
        todo: list[tuple[Failure, list[int]]] = [
            ("kill", self.some([*range(1, len(events) + 1)], 3)),
            ("half", self.some(writes, 1)),
            ("full", self.some([*range(1, len(events) + 1)], 2)),
        ]
        for failure, numbers in todo:
            found = [self.one(scenario, whole, n, failure) for n in numbers]
            print(
                f"{scenario.name}: {failure} at {len(numbers)} of {len(events)} events, "
                f"{sum(found)} of them came to it; wrong so far: {len(self.failures)}",
                flush=True,
            )

    def some(self, numbers: list[int], count: int) -> list[int]:
        """All numbers; or, in the short form, a few that are evenly spaced."""
        if not self.short or len(numbers) <= count:
            return numbers
        return [numbers[(2 * i + 1) * len(numbers) // (2 * count)] for i in range(count)]

    def place(self, scenario: Scenario, name: str) -> Path:
        """An empty folder, prepared for a scenario."""
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        scenario.prepare(folder)
        return folder

    def at(
        self, scenario: Scenario, place: Path, number: int, failure: Failure
    ) -> tuple[Outcome, list[str]]:
        """A scenario that fails at an event, and the events up to there."""
        log = self.folder / "events"

        def work() -> int:
            arm(number, failure, log)
            return scenario.first(place)

        outcome = forked(work, self.folder / "said")
        return outcome, log.read_text("utf-8").splitlines()

    def one(self, scenario: Scenario, whole: Path, number: int, failure: Failure) -> bool:
        """One failure and what follows; whether it came to it."""
        place = self.place(scenario, "broken")
        outcome, events = self.at(scenario, place, number, failure)
        where = f"{scenario.name}, {failure} at event {number}"
        if events:
            where += f" ({events[min(number, len(events)) - 1]})"
        if failure == "full":
            self.judge(where, outcome, place)
        elif not outcome.killed:
            return False
        resumed = forked(lambda: scenario.again(place), self.folder / "said")
        if resumed.code or resumed.killed:
            self.failures.append(f"{where}: cannot go on: {resumed.said}")
        else:
            found = scenario.compare(whole, place)
            self.failures += [f"{where}: {problem}" for problem in found]
        return True

    def judge(self, where: str, outcome: Outcome, place: Path) -> None:
        """A full disk is told in one sentence, and leaves nothing half written."""
        if "Traceback" in outcome.said or outcome.code not in {0, 1, 2}:
            self.failures.append(f"{where}: code {outcome.code}: {outcome.said}")
        if outcome.code and "no space left" not in outcome.said.lower():
            self.failures.append(f"{where}: says nothing of the disk: {outcome.said}")
        left = [str(path.relative_to(place)) for path in half_written(place)]
        self.failures += [f"{where}: {name} is left over" for name in left]


def half_written(place: Path) -> Iterator[Path]:
    """What only a process that still runs may have there."""
    for path in sorted(place.rglob("*")):
        hidden = path.name.startswith(".") and path.is_file()
        if hidden or path.suffix == ".unfinished" or path.name == "run.lock":
            yield path


def carry_out(short: bool, kinds: Collection[str]) -> list[str]:
    """The scenarios, in this process: nothing of torch has run in it, since it is forked."""
    import pytest

    for module in LATE:
        importlib.import_module(module)
    from tests.training.packages import build, undrawn

    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        script = build(folder, "small_net")
        undrawn(script, patch)
        (folder / "trials").mkdir()
        trial = Trial(folder / "trials", short)
        made = {"training": trainings(script), "build": builds()}
        for kind in kinds:
            for scenario in made[kind]:
                trial.run(scenario)
    return trial.failures


def run(short: bool, kinds: Collection[str] = KINDS) -> list[str]:
    """What is found wrong with runs and builds; prints how many events there were."""
    with tempfile.TemporaryDirectory() as name:
        found = Path(name) / "failures.json"
        flags = [*kinds, *["--short"] * short, "--json", str(found)]
        command = [sys.executable, "-m", "tests.faults.kills", *flags]
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        done = subprocess.run(command, cwd=ROOT, env=environment, check=False)
        if not found.exists():
            return [f"tests.faults.kills ends with code {done.returncode}"]
        failures: list[str] = json.loads(found.read_text("utf-8"))
        return failures


def main() -> int:
    """Carries out the scenarios; exit code 1 if something is wrong."""
    parser = argparse.ArgumentParser(description="Breaks runs and builds off.")
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=" or ".join(KINDS))
    parser.add_argument("--short", action="store_true", help="a handful of events")
    parser.add_argument("--json", type=Path, help="a file for what is found wrong")
    args = parser.parse_args()
    failures = carry_out(args.short, args.kinds or KINDS)
    if args.json:
        args.json.write_text(json.dumps(failures), "utf-8")
    else:
        print("\n".join(failures) or "the same command mended every one of them")
    return 1 if failures and not args.json else 0


if __name__ == "__main__":
    sys.exit(main())
