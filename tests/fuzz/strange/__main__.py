"""``make fuzz-specs COUNT=200000 SEED=0``: mutated specs, one for each number from SEED on.

    python -m tests.fuzz.strange --count 5000 --seed 0
    python -m tests.fuzz.strange --show 1234

What breaks a law is saved in tests/fuzz/found/, three specs of each sort.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.faults.running import ran
from tests.fuzz.strange.batch import Found, in_a_process
from tests.fuzz.strange.corpus import bases
from tests.fuzz.strange.draw import spec

FOUND = Path(__file__).parents[1] / "found"
BATCH = 1000


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 1 if a law was broken."""
    given = command_line().parse_args(arguments)
    if given.show is not None:
        sys.stdout.buffer.write(spec(given.show))
        return 0
    found, called, wrong = Found(), 0, 0
    for numbers in parts(given.seed, given.count):
        part = in_a_process(numbers, given.build_every)
        chosen = [n for n in part.fine if n % given.call_every == 0]
        failures = ran([text(n) for n in chosen], bases())
        print("".join(f"{line}\n" for line in (*told(part.broken), *failures)), end="")
        found.add(part)
        called, wrong = called + len(chosen), wrong + len(failures)
        print(
            f"{found.tried} specs from {given.seed}: {len(found.fine)} fine, {called} called; "
            f"{len(found.broken)} broke a law, {wrong} failed when called",
            flush=True,
        )
    return bool(found.broken or wrong)


def command_line() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.fuzz.strange", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="the first number")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--build-every", type=int, default=4, help="one in so many numbers")
    parser.add_argument("--call-every", type=int, default=40, help="imports and calls its network")
    parser.add_argument("--show", type=int, help="only print the spec of a number")
    return parser


def parts(seed: int, count: int) -> Iterator[range]:
    for first in range(seed, seed + count, BATCH):
        yield range(first, min(first + BATCH, seed + count))


def text(number: int) -> str:
    """A fine spec."""
    return spec(number).decode("utf-8-sig")


def told(broken: dict[int, str]) -> Iterator[str]:
    """A line for each sort of broken law, whatever names and numbers stand in it; three saved."""
    sorts: dict[str, list[int]] = {}
    for number, what in broken.items():
        sorts.setdefault(re.sub(r"`[^`]*`|\d+", "…", what), []).append(number)
    for numbers in sorts.values():
        yield f"{len(numbers)} x {broken[numbers[0]]}: {', '.join(map(str, numbers[:3]))}"
        FOUND.mkdir(exist_ok=True)
        for number in numbers[:3]:
            (FOUND / f"strange_{number}.snn.toml").write_bytes(spec(number))


if __name__ == "__main__":
    sys.exit(main())
