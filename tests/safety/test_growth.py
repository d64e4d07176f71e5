"""The work of lint and build grows with a spec's size, and not with its square.

Work is counted in calls of functions, Python's and C's, so no clock decides. Specs with many
mistakes are those of test_slow_specs.py: advice has a budget.
"""

import cProfile
from collections.abc import Callable
from pathlib import Path

import pytest

import snnc
from snnc import emitted
from tests.safety.large import LARGE

SIZE = 40
MOST = 2.35
"""How much more the second doubling may add than the first: 2 if all grows with the size."""


def calls(work: Callable[[], object]) -> int:
    """How many functions are called."""
    profile = cProfile.Profile()
    profile.runcall(work)
    return sum(entry.callcount for entry in profile.getstats())


def counted(path: Path, text: str) -> tuple[int, int]:
    """The work of lint and, of a spec that is fine, of build."""
    path.write_text(text)
    lint = calls(lambda: snnc.check(path))
    if any(found.severity == "error" for found in snnc.check(path)):
        return lint, 0
    document = snnc.load(path)
    return lint, calls(lambda: emitted(document))


def judged(once: int, twice: int, four_times: int) -> str:
    """What is wrong with how work grows; "" if nothing."""
    if twice > 3 * once:
        return f"twice as large, {twice / once:.1f} times the work"
    growth = (four_times - twice) / max(1, twice - once)
    return f"each doubling adds {growth:.2f} times as much" if growth > MOST else ""


@pytest.mark.parametrize("spec", LARGE, ids=lambda spec: spec.__name__)
def test_work_grows_with_the_size(tmp_path: Path, spec: Callable[[int], str]) -> None:
    path = tmp_path / "net.snn.toml"
    counted(path, spec(8))  # what is imported and built once
    each = (counted(path, spec(factor * SIZE)) for factor in (1, 2, 4))
    lint, build = zip(*each, strict=True)
    assert {"lint": judged(*lint), "build": judged(*build)} == {"lint": "", "build": ""}


def test_what_grows_with_the_square_is_found() -> None:
    def work(size: int, square: float) -> int:
        return calls(lambda: [len(str(i)) for i in range(round(size * 200 + square * size**2))])

    assert judged(*(work(size, 0.5) for size in (SIZE, 2 * SIZE, 4 * SIZE))) != ""
    assert judged(*(work(size, 0.0) for size in (SIZE, 2 * SIZE, 4 * SIZE))) == ""
