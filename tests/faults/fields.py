"""Fields x extremes: whatever a field is given, the linter says where it is wrong, or it runs.

Every field of every kind and section is given each extreme value, and the linter must answer with
findings that have a place, or with none. Of the specs that it calls fine some are built, imported
and run in training and in eval; see :mod:`tests.faults.running`.
"""

import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

import snnc
from snnc.source.diagnostic import Diagnostic
from tests.faults.extremes import EQUATIONS, EXTREMES
from tests.faults.hosts import Host, hosts
from tests.faults.running import ran

PATIENCE = 60
"""Seconds after which a linter is taken for one that never ends."""
EQUATION_FIELDS = ("step", "gradient")


@dataclass
class Tried:
    """What was tried so far, what failed, and the specs that the linter calls fine."""

    lints: int = 0
    failures: list[str] = field(default_factory=list)
    fine: dict[str, list[str]] = field(default_factory=dict)


def run(short: bool = False) -> list[str]:
    """What did not hold: exceptions, findings without a place, networks that do not run."""
    tried = linted(every=8, share=0.03) if short else linted()
    sample = sampled(tried, 0 if short else 2)
    print(f"{tried.lints} lints of {len(tried.fine)} fields with something fine", flush=True)
    failures = [*tried.failures, *ran(sample)]
    print(f"{len(sample)} specs that are fine were built, imported and run", flush=True)
    return failures


def linted(every: int = 1, share: float = 1.0) -> Tried:
    """The linter on every field and extreme; of both only a share, always the same, if asked."""
    tried, draw = Tried(), random.Random(0)
    with TemporaryDirectory() as folder:
        path = Path(folder, "net.snn.toml")
        for host in hosts(Path(folder), every):
            if isinstance(host, str):
                tried.failures.append(host)
                continue
            for key, value in pairs(host):
                if draw.random() < share:
                    attempt(host, key, value, path, tried)
    return tried


def sampled(tried: Tried, each: int) -> list[str]:
    """Of every field ``each`` of the specs that are fine, always the same; 0: a dozen of all."""
    draw = random.Random(1)
    if each:
        chosen = [draw.sample(t, min(each, len(t))) for t in tried.fine.values()]
        return list(dict.fromkeys(text for texts in chosen for text in texts))
    every = list(dict.fromkeys(text for texts in tried.fine.values() for text in texts))
    return draw.sample(every, min(12, len(every)))


def pairs(host: Host) -> Iterator[tuple[str, str]]:
    """Every field with every extreme."""
    for key in host.fields:
        for value in (*EXTREMES, *(EQUATIONS if key in EQUATION_FIELDS else ())):
            yield key, value


def attempt(host: Host, key: str, value: str, path: Path, tried: Tried) -> None:
    """One lint of a field and an extreme, written to ``path``."""
    text = host.with_field(key, value)
    path.write_text(text, encoding="utf-8")
    tried.lints += 1
    where = f"{host.title}: {key} = {value if len(value) < 80 else value[:79] + '…'}"
    try:
        with _patience():
            found = snnc.check(path)
    except Exception as error:  # noqa: BLE001 - any of them is what is looked for
        tried.failures.append(f"{where}: the linter raised {type(error).__name__}: {error}"[:300])
        return
    tried.failures += [f"{where}: {wrong}" for d in found if (wrong := misplaced(d, path))]
    if not any(d.severity == "error" for d in found):
        tried.fine.setdefault(f"{host.title}: {key}", []).append(text)


def misplaced(finding: Diagnostic, path: Path) -> str:
    """What a finding lacks: a place in the file, a sentence of its own; "" if nothing."""
    text, place = path.read_text(encoding="utf-8"), finding.place
    if place.path != str(path) or place.text != text or place.span.end > len(text):
        return f"{finding.code} has no place in the file"
    if not finding.message.strip() or "\n" in finding.message or len(finding.message) > 400:
        return f"{finding.code} is not told in one sentence"
    return ""


@contextmanager
def _patience() -> Iterator[None]:
    def give_up(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"it did not end within {PATIENCE} seconds")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
