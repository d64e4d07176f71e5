"""The short form of ``make matrix``, and that new kinds are in it by being there."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from snnc.kinds import catalog
from snnc.sections.convert import Convert
from tests.faults.hosts import packages
from tests.matrix import places
from tests.matrix.rows import Missing, candidates, rows

ROOT = Path(__file__).parents[2]
PARTS = 6
COLUMNS = 7
"""Of a package that is not converted: build, train, resume, evaluate, visualize, amp, float64."""


def matrix(folder: Path, *arguments: str) -> dict[str, Any]:
    """What a run of the short form found."""
    command = [sys.executable, "-m", "tests.matrix", "--short", *arguments]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [*command, "--json", str(folder / "found.json")],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (folder / "found.json").exists(), done.stderr[-2000:]
    found: dict[str, Any] = json.loads((folder / "found.json").read_text())
    assert done.returncode == bool(found["failed"])
    return found


@pytest.mark.parametrize("part", range(1, PARTS + 1))
def test_every_kind_is_trained_and_drawn(tmp_path: Path, part: int) -> None:
    found = matrix(tmp_path, "--part", f"{part}/{PARTS}")
    assert found["failed"] == []
    assert found["cells"] > 25 * COLUMNS


def test_every_kind_and_every_key_of_convert_has_a_row() -> None:
    titles = {candidate.title for candidate in candidates()}
    for package in packages():
        assert {f"{package} {name}" for name in catalog(package)} <= titles
    for key in Convert.model_fields.keys() - {"rule"}:  # each rule has a row
        assert any(title.startswith(f"[convert] {key} = ") for title in titles), key


def test_kinds_that_somebody_adds_are_trained_and_drawn(tmp_path: Path) -> None:
    """A file each and no other change: a layer, a neuron, a loss."""
    words = ("Softsign", "Resting", "margin")
    found = matrix(tmp_path, *words, "--add", str(Path(__file__).parent / "mine"))
    assert found["failed"] == []
    # the neuron has a row for each feedback too
    assert found["cells"] == (len(words) + 2) * COLUMNS


def test_what_fails_is_told(tmp_path: Path) -> None:
    found = matrix(tmp_path, "Thirteen", "endless", "--add", str(Path(__file__).parent / "wrong"))
    said = {(cell["row"], cell["column"]): cell["said"] for cell in found["failed"]}
    assert said["snnc.layers Thirteen", "build"].endswith("expected 13 features")
    assert "inf" in said["snnc.losses endless", "train"]


def test_a_catalogue_without_a_place_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(places.PLACES, "snnc.penalties")
    (row,) = rows(c for c in candidates() if c.title == "snnc.penalties firing_rate")
    assert isinstance(row, Missing)
    assert row.said.endswith("there is no place for it in the matrix")
