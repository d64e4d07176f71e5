"""The short form of ``make fuzz-specs``, and that it notices whatever breaks a law."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import snnc
from snnc import formats
from tests.faults.running import ran
from tests.fuzz.strange import __main__ as command
from tests.fuzz.strange import batch, laws
from tests.fuzz.strange.corpus import FEATURES, TRAINED, bases, corpus
from tests.fuzz.strange.draw import spec

COUNT = 1500
REGRESSIONS = sorted((Path(__file__).parent / "strange/regressions").glob("*.snn.toml"))


def test_strangers_specs() -> None:
    """Their numbers never change, so that what is found can be looked at."""
    found = batch.in_a_process(range(COUNT), build_every=8)
    assert (found.broken, found.tried) == ({}, COUNT)
    assert len(found.fine) > COUNT // 30
    some = found.fine[:: len(found.fine) // 8]
    assert ran([command.text(number) for number in some], bases()) == []


def test_a_number_is_always_the_same_spec() -> None:
    assert spec(7) == spec(7) != spec(8)
    assert len({spec(number) for number in range(200)}) > 190
    assert len(corpus()) > 100


@pytest.mark.parametrize("text", [FEATURES, TRAINED], ids=["features", "trained"])
def test_what_is_mutated_most_is_fine(tmp_path: Path, text: str) -> None:
    (tmp_path / "net.snn.toml").write_text(text)
    found = snnc.check(tmp_path / "net.snn.toml")
    assert [finding for finding in found if finding.severity == "error"] == []


@pytest.mark.parametrize("path", REGRESSIONS, ids=lambda path: path.name.partition(".")[0])
def test_regressions(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laws, "megabytes", lambda: 0)  # this process knows torch
    assert laws.judged(path, builds=True).broken == ""


def no_error(path: Path) -> bool:
    return not any(found.severity == "error" for found in snnc.check(path))


def test_regressions_that_are_fine_can_be_called() -> None:
    fine = [path for path in REGRESSIONS if no_error(path)]
    assert len(fine) > 2
    assert ran([path.read_text("utf-8") for path in fine]) == []


def raises(error: BaseException) -> Callable[..., object]:
    def broken(*_: object) -> object:
        raise error

    return broken


def computes(*_: object) -> object:
    while True:
        pass


def test_broken_laws_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "net.snn.toml"
    path.write_text(FEATURES)
    monkeypatch.setattr(laws, "megabytes", lambda: 0)  # this process knows torch
    assert laws.judged(path, builds=True) == laws.Verdict("", fine=True)
    with monkeypatch.context() as patch:
        patch.setattr(laws, "emitted", raises(ZeroDivisionError("by zero")))
        broken = laws.judged(path, builds=True).broken
        assert broken == "build: ZeroDivisionError outside: by zero"
        assert laws.judged(path, builds=False).broken == ""
    with monkeypatch.context() as patch:
        patch.setattr(laws, "SECONDS", 0.05)
        patch.setattr(snnc, "check", computes)
        assert laws.judged(path, builds=False).broken.startswith("lint: more than 0.05 s")
    with monkeypatch.context() as patch:
        patch.setattr(formats, "render", lambda *_: "\x1b[2J")
        assert "steers a terminal" in laws.judged(path, builds=False).broken
    monkeypatch.setattr(laws, "megabytes", lambda: 501)
    assert laws.judged(path, builds=False).broken == "lint: 501 MB"


def test_a_process_that_dies_has_broken_a_law(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes after it goes on behind it."""
    dies = "import os, sys; open(sys.argv[4], 'a').write(sys.argv[1]); os.abort()"
    monkeypatch.setattr(batch, "COMMAND", (sys.executable, "-c", dies))
    found = batch.in_a_process(range(3, 5), build_every=1)
    assert all(said.startswith("the process ended with code -6") for said in found.broken.values())
    assert found.broken.keys() == {3, 4}
    assert found.tried == 2


def test_findings_are_sorted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "FOUND", tmp_path / "found")
    told = [*command.told({1: "build: 5 `a`", 2: "build: 7 `b`", 3: "lint: x"})]
    assert told == ["2 x build: 5 `a`: 1, 2", "1 x lint: x: 3"]
    assert len([*(tmp_path / "found").iterdir()]) == 3
