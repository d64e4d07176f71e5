"""The work of lint and build grows with a spec's size, and not with its square.

Work is counted in calls of functions, Python's and C's, and in what a search through the tuples of
a region looks at, which is no call; so no clock decides. Specs with many mistakes are those of
test_slow_specs.py: advice has a budget.
"""

import cProfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import pytest

import snnc
from snnc import emitted
from snnc.program import types
from tests.safety.large import LARGE

SIZE = 40
MOST = 2.35
"""How much more the second doubling may add than the first: 2 if all grows with the size."""


class Searched(tuple[object, ...]):
    """A tuple that counts what a search for one of its elements looks at."""

    looks: ClassVar[int] = 0

    def __contains__(self, wanted: object) -> bool:
        found = super().__contains__(wanted)
        Searched.looks += self.index(wanted) + 1 if found else len(self)
        return found


@contextmanager
def searched() -> Iterator[None]:
    """Every region made meanwhile has tuples that count."""

    def count(region: object) -> None:
        for name, value in vars(region).items():
            if isinstance(value, tuple):
                object.__setattr__(region, name, Searched(value))

    kinds = types.Once, types.Fold, types.Scan
    with pytest.MonkeyPatch.context() as patch:
        for kind in kinds:
            made = kind.__init__

            def counted(self: object, *given: object, made: object = made, **more: object) -> None:
                made(self, *given, **more)  # type: ignore[operator]
                count(self)

            patch.setattr(kind, "__init__", counted)
        yield


def calls(work: Callable[[], object]) -> int:
    """How many functions are called."""
    profile = cProfile.Profile()
    profile.runcall(work)
    return sum(entry.callcount for entry in profile.getstats())


def counted(path: Path, text: str) -> tuple[int, int, int]:
    """The work of lint and, of a spec that is fine, of build, by calls and by searches."""
    path.write_text(text)
    lint = calls(lambda: snnc.check(path))
    if any(found.severity == "error" for found in snnc.check(path)):
        return lint, 0, 0
    document, Searched.looks = snnc.load(path), 0
    with searched():
        build = calls(lambda: emitted(document))
    return lint, build, Searched.looks


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
    names = "lint", "build", "search"
    work = zip(names, zip(*each, strict=True), strict=True)
    assert {name: judged(*counts) for name, counts in work} == dict.fromkeys(names, "")


def test_what_grows_with_the_square_is_found() -> None:
    def work(size: int, square: float) -> int:
        return calls(lambda: [len(str(i)) for i in range(round(size * 200 + square * size**2))])

    assert judged(*(work(size, 0.5) for size in (SIZE, 2 * SIZE, 4 * SIZE))) != ""
    assert judged(*(work(size, 0.0) for size in (SIZE, 2 * SIZE, 4 * SIZE))) == ""
