"""Rows of a section: where it runs, how it times, and what it found, written at once."""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

ROOT = Path(__file__).parents[2]
SPECS = ROOT / "specs"
CUDA: Any = torch.cuda  # its classes are not typed


@dataclass(frozen=True)
class Row:
    """One thing that was checked or measured."""

    section: str
    name: str
    value: str
    note: str = ""
    bad: bool = False

    def __str__(self) -> str:
        note = f"  ({self.note})" if self.note else ""
        return f"{'BAD ' * self.bad}{self.name:<44} {self.value}{note}"


class Section:
    """A section at work: a section that dies leaves the rows that it had."""

    def __init__(self, name: str, device: str, out: Path) -> None:
        self.name, self.device, self.path = name, device, out / f"rows_{name}.jsonl"
        self.gpu = device == "cuda"
        self.backend = "cuda" if self.gpu else "c"
        out.mkdir(parents=True, exist_ok=True)
        self.path.write_text("")

    def add(self, name: str, value: object, note: object = "", bad: bool = False) -> None:
        """Writes a row."""
        row = Row(self.name, name, str(value), str(note)[:300], bad)
        with self.path.open("a") as file:
            file.write(json.dumps(asdict(row)) + "\n")
        print(row, flush=True)

    def guard(self, name: str, run: Callable[[], object]) -> None:
        """Runs a part; what it raises becomes a bad row."""
        try:
            run()
        except Exception as error:  # whatever it is, the next part has its turn
            self.add(name, "failed", f"{type(error).__name__}: {error}", bad=True)
            if "illegal" in str(error):
                raise SystemExit("the GPU's context is lost") from error

    def wait(self) -> None:
        """Until the device has done what it was asked for."""
        if self.gpu:
            torch.cuda.synchronize()

    def timed(self, run: Callable[[], object], seconds: float = 0.3) -> float:
        """Median milliseconds of a call on the device; one call in a rehearsal."""
        for _ in range(3 if self.gpu else 0):
            run()
        if not self.gpu:
            begun = time.perf_counter()
            run()
            return (time.perf_counter() - begun) * 1e3
        spans: list[tuple[Any, Any]] = []
        begun = time.perf_counter()
        while len(spans) < 10 or (time.perf_counter() - begun < seconds and len(spans) < 200):
            span = CUDA.Event(enable_timing=True), CUDA.Event(enable_timing=True)
            span[0].record()
            run()
            span[1].record()
            spans.append(span)
        self.wait()
        return float(statistics.median(a.elapsed_time(b) for a, b in spans))

    def wall(self, run: Callable[[], object], count: int = 30) -> float:
        """Milliseconds of a call by the host's clock, calls queued behind each other."""
        count = count if self.gpu else 1
        found = []
        for _ in range(4 if self.gpu else 1):  # the first warms up
            begun = time.perf_counter()
            for _ in range(count):
                run()
            self.wait()
            found.append((time.perf_counter() - begun) * 1e3 / count)
        return statistics.median(found[-3:])


def section(module: ModuleType | str, argv: Sequence[str] | None = None) -> Section:
    """The section of a module that is run as a script."""
    name = str(module).rpartition(".")[2]
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.gpu.{name}")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda", help="cpu: rehearse")
    parser.add_argument("--out", type=Path, default=Path("/tmp/snnc_gpu"), help="where rows go")
    given = parser.parse_args(argv)
    sys.path.insert(0, str(SPECS))
    return Section(name, given.device, given.out)


def collected(out: Path) -> list[Row]:
    """The rows of all sections, in the order in which these ended."""
    paths = sorted(out.glob("rows_*.jsonl"), key=lambda path: path.stat().st_mtime)
    return [Row(**json.loads(line)) for path in paths for line in path.read_text().splitlines()]
