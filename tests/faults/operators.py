"""Attacks every operator of every kernel under the address and undefined-behaviour sanitizers.

The C text is built with them and PyTorch runs in a process that has the sanitizer before all
else: memory that a kernel has no business with ends the process with a report.
"""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults.planted import PLANTED

SHOWN = {name: plant.shown for name, plant in PLANTED.items()}
ROOT = Path(__file__).parents[2]
FLAGS = "-O1 -fsanitize=address,undefined -fno-sanitize-recover=all -g1"
ASAN = "detect_leaks=0:allocator_may_return_null=1:max_allocation_size_mb=4096"
REPORT = re.compile(r"^.*(?:ERROR: AddressSanitizer|runtime error|CHECK failed).*$", re.MULTILINE)
DEATHS = 20  # that are enough to know of


@dataclass(frozen=True)
class Done:
    """What became of the attacks: how many ended in what, and which ended badly."""

    counts: Counter[str]
    failures: list[str]


def run(short: bool) -> list[str]:
    """All attacks, or those on one call of each operator; what is wrong, and counts are printed."""
    done = attack("--short") if short else attack()
    counts = ", ".join(f"{count} {what}" for what, count in sorted(done.counts.items()))
    unnoticed = [] if short else [name for name in PLANTED if not noticed(name)]
    failures = done.failures + [f"nothing notices a missing check: {name}" for name in unnoticed]
    print(f"attacks on operators under sanitizers: {counts or 'none'}; {len(failures)} failed")
    return failures


def noticed(plant: str) -> list[str]:
    """What fails where that check is left out: all attacks that are made to show it."""
    return attack("--short", "--plant", plant, "--only", SHOWN[plant], deaths=1).failures


def attack(*options: str, deaths: int = DEATHS) -> Done:
    """Attacks a process, and another one from there on where that dies, up to ``deaths``."""
    counts, failures, skip = Counter[str](), list[str](), 0
    with TemporaryDirectory() as folder:
        for _ in range(deaths):
            log = Path(folder, "log")
            log.write_text("")
            died = attacked(log, "--skip", str(skip), *options)
            lines = log.read_text(errors="replace").splitlines()
            for line, after in zip(lines, [*lines[1:], ""], strict=True):
                if line.startswith("?"):
                    failures.append(line[2:])
                if line.startswith("> ") and after:
                    counts[after.partition(":")[0] if after[:1] != "!" else "wrong"] += 1
                    failures += [f"{line.split(' ', 2)[2]}: {after[2:]}"] * (after[:1] == "!")
            if lines[-1:] == ["end"] and not died:
                return Done(counts, failures)
            if not lines or not lines[-1].startswith("> "):
                return Done(counts, [*failures, f"it did not come so far: {died}"])
            _, number, name = lines[-1].split(" ", 2)
            skip, failures = int(number) + 1, [*failures, f"{name}: {died}"]
    return Done(counts, [*failures, f"it died {deaths} times"])


def attacked(log: Path, *options: str) -> str:
    """How a process ended that was attacked; nothing if it came to its end."""
    environment = {
        **os.environ,
        "LD_PRELOAD": " ".join(map(library, ("libasan.so", "libstdc++.so"))),
        "ASAN_OPTIONS": ASAN,
        "UBSAN_OPTIONS": "print_stacktrace=1",
        "CC": str(compiler()),
        "SNNC_BACKEND": "c",
        "XDG_CACHE_HOME": kept().name,
        "OMP_NUM_THREADS": "2",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "tests.faults.attacked", str(log), *options]
    done = subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if not done.returncode:
        return ""
    report = REPORT.search(done.stderr)
    said = report[0] if report else done.stderr.strip()[-1000:]
    return f"it ends with {done.returncode}: {said}"


@cache
def kept() -> TemporaryDirectory[str]:
    """What is built, for as long as this process lives."""
    return TemporaryDirectory()


@cache
def compiler() -> Path:
    """A compiler that builds the sanitizers in, whatever it is asked for, and is quick."""
    script = Path(kept().name, "cc")
    script.write_text(f'#!/bin/sh\nunset LD_PRELOAD\nexec gcc "$@" {FLAGS}\n')
    script.chmod(0o700)
    return script


@cache
def library(name: str) -> str:
    """Where the compiler has a library of its own."""
    assert shutil.which("gcc"), "the sanitizers are those of gcc"
    asked = ["gcc", f"-print-file-name={name}"]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
