"""All checks on a GPU in one go: what is right first and side by side, then what is fast, alone.

    python -m benchmarks.gpu.check --out results [--budget 460] [--only values,steps]
    python -m benchmarks.gpu.check --device cpu        # rehearsal: the same code in small sizes

Every section is a process of its own, so that a hang or a lost context costs only itself. The
table comes last; rows.json and table.txt hold it, after every section anew.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.gpu.rows import ROOT, SPECS, Row, collected

CHECKED = ("digits_conv", "conv_fmnist", "conv_fmnist_lif", "lif_fc_mnist", "seq_fmnist_feedback")
RIGHT = ("values", "pytest", "selfcheck")
FAST = ("bandwidth", "steps")
LIMITS = {"values": 150, "pytest": 170, "selfcheck": 120, "bandwidth": 130, "steps": 200}


@dataclass
class Job:
    """A process with a log and a limit in seconds."""

    name: str
    command: Sequence[str]
    limit: float
    out: Path
    begun: float = field(default_factory=time.monotonic)

    def start(self) -> "Job":
        """Begins; what it says goes to its log."""
        path = os.pathsep.join([str(SPECS), str(ROOT), os.environ.get("PYTHONPATH", "")])
        self.log = (self.out / f"log_{self.name}.txt").open("w")
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # so that it ends with all that it started
        )
        return self

    def row(self) -> Row:
        """Waits until it ends or is out of time."""
        try:
            code: object = self.process.wait(self.begun + self.limit - time.monotonic())
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            code = f"killed after {self.limit:.0f} s"
        self.log.close()
        lines = Path(self.log.name).read_text(errors="replace").strip().splitlines() or [""]
        nothing = self.name == "pytest" and code == 5  # where there is no GPU
        good = code == 0 or nothing
        spent = f"{time.monotonic() - self.begun:.0f} s"
        return Row(
            "process", self.name, spent if good else f"code {code}", lines[-1][:200], not good
        )


def jobs(names: Sequence[str], device: str, out: Path, left: float) -> Iterator[Job]:
    """The processes of some sections."""
    for name in names:
        limit = max(5.0, min(LIMITS[name], left))
        if name == "pytest":
            command = ["-m", "pytest", "tests/gpu/test_device.py", "-m", "gpu", "-q", "-n", "4"]
            yield Job(name, [sys.executable, *command], limit, out)
        elif name == "selfcheck":
            for package in CHECKED if device == "cuda" else CHECKED[:1]:
                command = ["-m", f"{package}.kernels", "--selfcheck"]
                yield Job(f"{name}_{package}", [sys.executable, *command], limit, out)
        else:
            command = ["-m", f"benchmarks.gpu.{name}", "--device", device, "--out", str(out)]
            yield Job(name, [sys.executable, *command], limit, out)


def report(rows: Sequence[Row], out: Path) -> str:
    """The table, bad rows first; also written to files."""
    every = [*rows, *collected(out)]
    every.sort(key=lambda row: not row.bad)
    lines = [*(str(row)[:140].rstrip() for row in every)]
    lines.append(f"{sum(row.bad for row in every)} bad of {len(every)} rows")
    (out / "rows.json").write_text(json.dumps([asdict(row) for row in every], indent=0))
    (out / "table.txt").write_text("\n".join(lines) + "\n")
    return "\n".join(lines)


def check(device: str, budget: float, only: Sequence[str], out: Path) -> int:
    """Runs the sections; the number of bad rows."""
    end, rows = time.monotonic() + budget, list[Row]()
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("rows_*.jsonl"):
        old.unlink()
    chosen = [name for name in (*RIGHT, *FAST) if not only or name in only]
    groups = [[name for name in RIGHT if name in chosen], *([n] for n in FAST if n in chosen)]
    for group in groups:
        left = end - time.monotonic()
        started = [job.start() for job in jobs(group, device, out, left)]
        rows += [job.row() for job in started]
        report(rows, out)
    print(report(rows, out))
    return sum(row.bad for row in [*rows, *collected(out)])


def main(argv: Sequence[str] | None = None) -> int:
    """Checks and measures; exit code 1 if anything is bad."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.gpu.check", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda", help="cpu: rehearse")
    parser.add_argument("--budget", type=float, default=460, help="seconds for all (460)")
    text = f"some of {', '.join((*RIGHT, *FAST))}, with commas"
    parser.add_argument("--only", default="", help=text)
    parser.add_argument("--out", type=Path, default=Path("runs/gpu"), help="where results go")
    given = parser.parse_args(argv)
    only = [name for name in given.only.split(",") if name]
    if unknown := [name for name in only if name not in LIMITS]:
        parser.error(f"--only: there is no {unknown[0]}, but {', '.join(LIMITS)}")
    if given.device == "cuda" and not gpu():
        parser.error("PyTorch sees no NVIDIA GPU here; --device cpu rehearses")
    return int(check(given.device, given.budget, only, given.out.resolve()) > 0)


def gpu() -> bool:
    """Whether PyTorch sees one."""
    import torch

    return torch.cuda.is_available()


if __name__ == "__main__":
    sys.exit(main())
