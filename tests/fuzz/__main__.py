"""``make fuzz MINUTES=60``: random specs until time is up.

python -m tests.fuzz --minutes 60 --seed 0

Batches run in processes of their own: a network that crashes ends its batch and is told as well.
What fails is made smaller, printed, and saved in tests/fuzz/found/.
"""

import argparse
import subprocess
import sys
import time

from hypothesis import HealthCheck, Verbosity, given, seed, settings

from tests.fuzz import labels
from tests.fuzz.check import FUZZ, ON_C, Differs, holds
from tests.fuzz.specs import specs

FOUND = FUZZ / "found"
RUNNING = FOUND / "running"
BATCH = 100


def main() -> int:
    """Exit code 1 if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tests.fuzz")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None, help="default: another one each time")
    parser.add_argument("--batch", action="store_true", help="one batch, in this process")
    given = parser.parse_args()
    first = time.time_ns() // 10**6 if given.seed is None else given.seed
    return batch(first) if given.batch else batches(first, given.minutes)


def batches(first: int, minutes: float) -> int:
    """Batches with the seeds from ``first`` on, until time is up."""
    end, count, bad = time.monotonic() + 60 * minutes, 0, 0
    while time.monotonic() < end:
        command = [sys.executable, "-m", "tests.fuzz", "--batch", "--seed", str(first + count)]
        code = subprocess.run(command, check=False).returncode
        if code not in (0, 1):
            print(f"the batch of seed {first + count} ended with code {code} in {RUNNING}")
        count, bad = count + 1, bad + bool(code)
        print(f"{count * BATCH} specs drawn, {bad} of {count} batches found something", flush=True)
    return bool(bad)


def batch(number: int) -> int:
    """A hundred specs, and labels a step; what fails first is saved, and again when smaller."""
    path = FOUND / f"{number}.snn.toml"
    FOUND.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)

    @seed(number)
    @settings(
        max_examples=BATCH,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @given(text=specs(), on_c=ON_C)
    def check(text: str, on_c: bool) -> None:
        RUNNING.write_text(text)
        try:
            holds(text, ("c",) if on_c else ("torch",))
        except Exception as error:
            if not path.exists():
                print(f"{_comment(error)}{path}: making it smaller ...", flush=True)
            path.write_text(f"{_comment(error)}{text}")
            raise

    @seed(number)
    @settings(max_examples=BATCH, database=None, deadline=None, verbosity=Verbosity.quiet)
    @given(drawn=labels.labelled())
    def agrees(drawn: labels.Labelled) -> None:
        try:
            labels.holds(drawn)
        except AssertionError:
            path.write_text(f"# labels a step: {drawn}\n".replace("\n", "\n# "))
            raise

    try:
        check()
        agrees()
    except Exception:  # noqa: BLE001 - whatever it is, it was found
        print(f"{path.read_text()}\nsaved as {path}", flush=True)
        return 1
    return 0


def _comment(error: Exception) -> str:
    """What is wrong, as comments on top of the spec."""
    lines = error.found if isinstance(error, Differs) else [f"{type(error).__name__}: {error}"]
    return "".join(f"# {line}\n" for text in lines for line in text.splitlines()) + "\n"


if __name__ == "__main__":
    sys.exit(main())
