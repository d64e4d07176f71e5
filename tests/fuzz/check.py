"""The property: whatever is generated for a spec is the reference."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import strategies as st

import snnc
from snnc.verify.run import ComparisonRow, Options, Verification

FUZZ = Path(__file__).parent
ON_C = st.sampled_from([False, False, False, True])
"""The loop is quicker for a network that runs once: no compiler is called."""


def rows(path: Path, backends: tuple[str, ...] = ()) -> list[ComparisonRow]:
    """The comparisons of a spec, on some backends or on all."""
    return [*Verification(snnc.load(path), Options(backends=backends)).rows()]


def findings(path: Path, backends: tuple[str, ...] = ()) -> list[str]:
    """What differs, one sentence each."""
    found = rows(path, backends)
    assert any(row.largest or row.finding for row in found)
    return [f"{r.configuration}, {r.mode}, {r.numbers}: {r.finding}" for r in found if r.finding]


class Differs(AssertionError):
    """A spec whose networks are not the reference; what is found there."""

    def __init__(self, text: str, found: list[str]) -> None:
        super().__init__("\n".join([text, *found]))
        self.found = found


def holds(text: str, backends: tuple[str, ...] = ()) -> None:
    """Raises Differs if it does not."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "net.snn.toml")
        path.write_text(text)
        if found := findings(path, backends):
            raise Differs(text, found)
