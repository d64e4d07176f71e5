"""The short form of ``make faults``, and that it can fail."""

import random
from pathlib import Path
from typing import Any

import pytest

import snnc
from snnc.kinds import catalog
from snnc.layers.linear import Linear
from snnc.source.diagnostic import Diagnostic, Place, Span
from tests.faults import fields, parts, running
from tests.faults.extremes import EXTREMES
from tests.faults.hosts import SECTIONS, Host, host_of, net, packages, valid

HOST = Host(
    "Linear", net([{"kind": "Linear", "out_features": 3}]), ("network", "layers", 0), Linear
)


def test_whatever_a_section_is_given_is_told_or_fine(tmp_path: Path) -> None:
    tried, draw = fields.Tried(), random.Random(2)
    for host in SECTIONS:
        assert valid(host, tmp_path), host.title
        for key, value in draw.sample([*fields.pairs(host)], 25):
            fields.attempt(host, key, value, tmp_path / "net.snn.toml", tried)
    assert tried.failures == []
    assert tried.lints == 25 * len(SECTIONS)


def test_every_catalogue_has_a_place() -> None:
    assert {"snnc.layers", "snnc.neurons", "snnc.optimizers", "snnc.threshold_rules"} <= {
        *packages()
    }
    assert len(EXTREMES) > 100


@pytest.mark.parametrize("package", ["snnc.losses", "snnc.metrics"])
def test_what_depends_on_what_is_compared_has_a_host(package: str, tmp_path: Path) -> None:
    kinds = catalog(package)
    found = {name: host_of(package, name, kind, tmp_path) for name, kind in kinds.items()}
    assert {name for name, host in found.items() if host is None} == set()


def test_a_linter_that_raises_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(path: object) -> Any:
        raise OverflowError("int too large to convert to float")

    monkeypatch.setattr(snnc, "check", broken)
    tried = fields.Tried()
    fields.attempt(HOST, "out_features", "7", tmp_path / "net.snn.toml", tried)
    (failure,) = tried.failures
    assert failure.startswith("Linear: out_features = 7: the linter raised OverflowError")


def test_a_finding_without_a_place_is_found(tmp_path: Path) -> None:
    path = tmp_path / "net.snn.toml"
    path.write_text("format = 1\n")
    here = Place(str(path), "format = 1\n", Span(0, 6))
    assert fields.misplaced(Diagnostic("SNN204", "bad-value", "it is wrong", here), path) == ""
    beyond = Place(str(path), "format = 1\n", Span(0, 60))
    assert fields.misplaced(Diagnostic("SNN204", "bad-value", "it is wrong", beyond), path)
    assert fields.misplaced(Diagnostic("SNN204", "bad-value", "two\nlines", here), path)


def test_what_does_not_run_is_found() -> None:
    bad = HOST.text().replace("out_features = 3", "out_features = 0")
    (failure,) = running.ran([HOST.text(), bad, HOST.text()])
    assert failure.startswith("fine, and then Findings: ")
    assert "`out_features` must be at least 1" in failure.splitlines()[0]


def test_a_process_that_dies_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left is run by another one."""
    codes = iter(["the process ended with code -11", ""])

    def process(folder: Path) -> str:
        code = next(codes)
        (folder / "done").write_text("1" if code else "3")
        return code

    monkeypatch.setattr(running, "_process", process)
    (failure,) = running.ran([HOST.text()] * 3)
    assert failure.startswith("the process ended with code -11")


def test_patience_is_with_each_spec(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A process that goes on is waited for; one that stands still has not ended."""
    (tmp_path / "done").write_text("0")
    going = "import sys, time, pathlib\nfor n in range(1, 9):\n"
    going += "    pathlib.Path(sys.argv[1], 'done').write_text(str(n)); time.sleep(0.25)\n"
    monkeypatch.setattr(running, "PATIENCE", 1.0)
    monkeypatch.setattr(running, "COMMAND", ("-c", going))
    assert running._process(tmp_path) == ""
    monkeypatch.setattr(running, "COMMAND", ("-c", "import time; time.sleep(60)"))
    assert running._process(tmp_path) == "it does not end"


def test_a_part_that_breaks_down_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert "fields" in parts.found()
    (failure,) = parts.tried("nowhere", short=True)
    assert failure.startswith("nowhere: it broke down: ModuleNotFoundError")
