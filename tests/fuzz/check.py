"""The property: whatever is generated for a spec is the reference."""

from pathlib import Path
from tempfile import TemporaryDirectory

import snnc
from snnc.verify.run import Options, Row, Verification

FUZZ = Path(__file__).parent


def rows(path: Path, backends: tuple[str, ...] = ()) -> list[Row]:
    """The comparisons of a spec, on some backends or on all."""
    return [*Verification(snnc.load(path), Options(backends=backends)).rows()]


def findings(path: Path, backends: tuple[str, ...] = ()) -> list[str]:
    """What differs, one sentence each."""
    found = rows(path, backends)
    assert any(row.largest for row in found)
    return [f"{r.configuration}, {r.mode}, {r.numbers}: {r.finding}" for r in found if r.finding]


def holds(text: str, backends: tuple[str, ...] = ()) -> None:
    """Fails with the spec and what is wrong with it."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "net.snn.toml")
        path.write_text(text)
        found = findings(path, backends)
    assert found == [], "\n".join([text, *found])
