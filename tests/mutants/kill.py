"""Whether a mutant is noticed, and by what."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import snnc
from snnc.verify.run import Options, Verification
from tests.mutants.cases import CASES, COMPILED
from tests.mutants.mutants import Mutant

USUAL = Options(backends=("torch",))


def first_finding(case: str) -> str:
    """The first thing that is wrong with a case, "" if nothing is."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "net.snn.toml")
        path.write_text(CASES[case])
        options = Options(backends=("c",), quick=True)
        rows = Verification(snnc.load(path), options if case in COMPILED else USUAL).rows()
        return next((f"{row.configuration}: {row.finding}" for row in rows if row.finding), "")


def killed_by(mutant: Mutant) -> Iterator[tuple[str, str]]:
    """Each of its cases with what is found there; "" if the mutant survives it."""
    for case in mutant.cases:
        with pytest.MonkeyPatch.context() as patch:
            mutant.broken(patch)
            yield case, first_finding(case)
