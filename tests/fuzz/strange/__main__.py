"""``make fuzz-specs COUNT=200000 SEED=0``: mutated specs, one for each number from SEED on.

    python -m tests.fuzz.strange --count 5000 --seed 0
    python -m tests.fuzz.strange --show 1234

What breaks a law is saved in tests/fuzz/found/ with the law as a comment, one for each sort.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.faults.running import ran
from tests.fuzz.strange.batch import Found, in_a_process
from tests.fuzz.strange.draw import spec

FOUND = Path(__file__).parents[1] / "found"
BATCH = 1000


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 1 if a law was broken."""
    given = command_line().parse_args(arguments)
    if given.show is not None:
        sys.stdout.buffer.write(spec(given.show))
        return 0
    found, called, wrong = Found(), 0, []
    for numbers in parts(given.seed, given.count):
        part = in_a_process(numbers, given.build_every)
        found.add(part)
        chosen = [n for n in part.fine if n % given.call_every == 0]
        wrong += ran([text(n) for n in chosen])
        called += len(chosen)
        told = f"{len(found.fine)} fine, {called} called"
        print(f"{found.tried} specs from {given.seed}: {told}, {len(found.broken)} broke a law, "
              f"{len(wrong)} failed when called", flush=True)  # fmt: skip
    for sort, numbers_ in sorted(sorts(found.broken).items()):
        print(f"{len(numbers_)} x {sort}: {numbers_[:5]}")
    print("\n".join(wrong))
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


def sorts(broken: dict[int, str]) -> dict[str, list[int]]:
    """The numbers by what they broke, whatever names and numbers stand in it."""
    found: dict[str, list[int]] = {}
    for number, what in broken.items():
        sort = re.sub(r"`[^`]*`|\d+", "…", what)
        found.setdefault(sort, []).append(number)
        if len(found[sort]) <= 3:
            FOUND.mkdir(exist_ok=True)
            (FOUND / f"strange_{number}.snn.toml").write_bytes(spec(number))
    return found


if __name__ == "__main__":
    sys.exit(main())
