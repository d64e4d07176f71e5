"""Processor time of ``snnc lint`` and ``snnc build --check``: medians of eleven runs, by command.

    python -m benchmarks.lint          # on a machine that does nothing else

Each run is a process of its own, as in a hook. Specs are copies of one of the zoo with other names.
Modules are compiled once, as those of an installed snnc are, whatever PYTHONDONTWRITEBYTECODE says.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
SPEC = ROOT / "specs" / "lif_fc_mnist.snn.toml"
RUNS = 11
TARGETS = {1: 0.20, 100: 1.0, 1000: 1.0}
"""Seconds of processor time; that of 1,000 is for specs that have not changed."""


def main() -> None:
    """Prints a table, with the targets beside."""
    with tempfile.TemporaryDirectory() as compiled:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = compiled
        table()


def table() -> None:
    print(f"{'command':<44} {'median s':>9} {'target s':>9}")
    for count, target in TARGETS.items():
        with tempfile.TemporaryDirectory() as folder:
            _specs(Path(folder), count)
            for words in (["lint", "--no-cache"], ["lint"]):
                row(f"{' '.join(words)}, {count} specs", words, folder, target)
    with tempfile.TemporaryDirectory() as folder:
        _specs(Path(folder), 1)
        _seconds(["build"], folder)
        for words in (["build", "--check", "--no-cache"], ["build", "--check"]):
            row(f"{' '.join(words)}, 1 spec", words, folder, TARGETS[1])
    for words in (["build", "--check", "--no-cache", "specs"], ["build", "--check", "specs"]):
        row(f"{' '.join(words)}, the zoo", words, str(ROOT), TARGETS[100])


def row(title: str, words: Sequence[str], folder: str, target: float) -> None:
    """One line of the table; a first run fills the caches of the system and of snnc."""
    _seconds(words, folder)
    median = statistics.median(_seconds(words, folder) for _ in range(RUNS))
    print(f"{title:<44} {median:>9.3f} {target:>9.2f}", flush=True)


def _specs(folder: Path, count: int) -> None:
    (folder / ".git").mkdir()
    text = SPEC.read_text("utf-8").replace("#:schema snnc.schema.json", "#")
    for number in range(count):
        named = text.replace('name = "lif_fc_mnist"', f'name = "net{number}"')
        (folder / f"net{number}.snn.toml").write_text(named, "utf-8")


def _seconds(words: Sequence[str], folder: str) -> float:
    """The processor time of a process and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    known = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "snnc", *words, "-q"]
    ran = subprocess.run(
        command, cwd=folder, env=known, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise SystemExit(f"{' '.join(command)}: {ran.stdout}{ran.stderr}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


if __name__ == "__main__":
    main()
