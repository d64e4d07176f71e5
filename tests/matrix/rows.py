"""The rows: a spec for each kind of each catalogue, each key, and each file in forms/."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import snnc
from snnc.kinds import catalog
from tests.faults.hosts import packages
from tests.fuzz.strange.writing import written
from tests.matrix import keys
from tests.matrix.places import feedbacks, placed

FORMS = Path(__file__).parent / "forms"
A_STEP = "_labels_a_step"
Tree = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """A spec of a package called ``net``; ``a_step``: its data have a label for each time step."""

    title: str
    text: str
    a_step: bool = False


@dataclass(frozen=True)
class Missing:
    """A kind that no spec was found for."""

    title: str
    said: str


@dataclass(frozen=True)
class Candidate:
    """A row before anybody has looked which of its specs the linter takes."""

    title: str
    trees: Iterable[Tree]

    def row(self) -> Row | Missing:
        return first(self.title, self.trees)


def candidates() -> Iterator[Candidate | Row]:
    """Every row, in an order that does not change."""
    for package in packages():
        for name, kind in catalog(package).items():
            yield Candidate(f"{package} {name}", placed(package, kind))
    for title, trees in (*keys.rows(), *feedbacks()):
        yield Candidate(title, trees)
    for path in sorted(FORMS.glob("*.snn.toml")):
        title = path.name.removesuffix(".snn.toml")
        yield Row(f"form {title}", path.read_text("utf-8"), title.endswith(A_STEP))


def rows(chosen: Iterable[Candidate | Row]) -> Iterator[Row | Missing]:
    """The rows of some candidates."""
    for candidate in chosen:
        yield candidate if isinstance(candidate, Row) else candidate.row()


def first(title: str, trees: Iterable[Tree]) -> Row | Missing:
    """The first of some specs that the linter has nothing against, as a row."""
    said = "there is no place for it in the matrix"
    with TemporaryDirectory() as folder:
        path = Path(folder, "net.snn.toml")
        for tree in trees:
            path.write_text(text := written(tree), "utf-8")
            errors = [d for d in snnc.check(path) if d.severity == "error"]
            if not errors:
                return Row(title, text)
            said = errors[0].message
    return Missing(title, f"no spec was found for it; the last one: {said}")
