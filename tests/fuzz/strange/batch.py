"""Batches of mutated specs, each in a process without torch that may die, and what they found."""

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

from tests.fuzz.strange.corpus import ROOT, bases
from tests.fuzz.strange.draw import spec
from tests.fuzz.strange.laws import MEGABYTES, judged, megabytes

COMMAND = (sys.executable, "-m", "tests.fuzz.strange.batch")
PATIENCE = 1200
"""Seconds for a batch; one that takes longer is stuck in C."""
SPACE = 8 * MEGABYTES * 2**20
"""Bytes of addresses; reaching them is a MemoryError, not the end of the machine."""


@dataclass
class Found:
    """What became of some numbers: how many are fine, built, and which broke a law."""

    tried: int = 0
    fine: list[int] = field(default_factory=list)
    broken: dict[int, str] = field(default_factory=dict)

    def add(self, other: "Found") -> None:
        self.tried += other.tried
        self.fine += other.fine
        self.broken |= other.broken


def carried_out(numbers: range, build_every: int, log: TextIO) -> Found:
    """Judges the specs of some numbers in this process, which must not know torch."""
    found = Found()
    with TemporaryDirectory() as name:
        folder = Path(name)
        for base in bases():
            shutil.copy(base, folder)
        path = folder / "strange.snn.toml"
        for number in numbers:
            print(number, file=log, flush=True)
            path.write_bytes(spec(number))
            verdict = judged(path, number % build_every == 0)
            found.tried += 1
            if verdict.broken:
                found.broken[number] = verdict.broken
            elif verdict.fine:
                found.fine.append(number)
            if megabytes() > MEGABYTES:
                break  # it never becomes less
    return found


def in_a_process(numbers: range, build_every: int) -> Found:
    """The same in processes of their own; whoever ends one of them has broken a law."""
    found = Found()
    while numbers:
        part, last, ended = _process(numbers, build_every)
        found.add(part)
        if part.tried == 0:
            found.tried += last - numbers.start + 1
            found.broken[last] = ended
        numbers = range(last + 1, numbers.stop)
    return found


def _process(numbers: range, build_every: int) -> tuple[Found, int, str]:
    """What a process found, the last number that it began with, and how it ended."""
    with TemporaryDirectory() as name:
        log, result = Path(name, "log"), Path(name, "result.json")
        log.touch()
        given = (numbers.start, numbers.stop, build_every, log, result)
        command = [*COMMAND, *map(str, given)]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        try:
            done = subprocess.run(
                command, cwd=ROOT, env=environment, timeout=PATIENCE, check=False,
                capture_output=True,
            )  # fmt: skip
            said = done.stderr.decode(errors="replace").splitlines()[-1:]
            ended = " ".join([f"the process ended with code {done.returncode}", *said])
        except subprocess.TimeoutExpired:
            ended = "it does not end"
        begun = log.read_text().split()
        last = int(begun[-1]) if begun else numbers.start
        if not result.exists():
            return Found(), last, ended
        told = json.loads(result.read_text())
    broken = {int(number): text for number, text in told["broken"].items()}
    return Found(told["tried"], told["fine"], broken), last, ended


def main(arguments: Iterable[str]) -> None:
    """Judges the specs from one number to another; writes what was found to a file."""
    first, last, build_every, log, result = arguments
    resource.setrlimit(resource.RLIMIT_AS, (SPACE, SPACE))
    with Path(log).open("a") as file:
        found = carried_out(range(int(first), int(last)), int(build_every), file)
    Path(result).write_text(json.dumps(vars(found)))


if __name__ == "__main__":
    main(sys.argv[1:])
