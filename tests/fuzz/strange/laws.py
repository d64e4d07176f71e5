"""What must hold of any spec in a process without torch: findings or a package, soon, and small."""

import re
import resource
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import snnc
from snnc import emitted, formats
from snnc.source.diagnostic import Diagnostic, Findings
from tests.safety.strange import C0, C1, TURNING

STEERING = {*C0, *C1, *TURNING, "\u2028", "\u2029"} - {"\n"}
SECONDS = 5.0
MEGABYTES = 500


@dataclass(frozen=True)
class Verdict:
    """A broken law in one line ("": none), where it broke, and whether the spec is fine."""

    broken: str = ""
    fine: bool = False


class TooLong(BaseException):
    """A lint or a build takes more than its seconds; no handler of ours catches it."""


def judged(path: Path, builds: bool) -> Verdict:
    """Whether the laws hold of the spec at ``path``; a fine one is built, if asked."""
    found = _tried("lint", lambda: snnc.check(path))
    if isinstance(found, str):
        return Verdict(found)
    wrong = next((w for d in found if (w := untold(d))), "")
    rendered = wrong or _tried("print", lambda: dict(_rendered(found)))
    if wrong := rendered if isinstance(rendered, str) else obeyed(rendered):
        return Verdict(wrong)
    fine = not any(d.severity == "error" for d in found)
    if fine and builds:
        built = _tried("build", lambda: _compiled(path))
        if isinstance(built, str):
            return Verdict(built)
    return Verdict("", fine)


def _compiled(path: Path) -> None:
    """Generates the package; every file is Python."""
    for name, text in emitted(snnc.load(path)).package.items():
        compile(text, name, "exec")


def _rendered(found: tuple[Diagnostic, ...]) -> Iterator[tuple[str, str]]:
    """The findings in every format."""
    for name in formats.names():
        yield name, formats.render(name, found)


def untold(finding: Diagnostic) -> str:
    """What a finding lacks to be a sentence with a place; "" if nothing."""
    if not finding.message.strip() or (finding.help is not None and not finding.help.strip()):
        return f"{finding.code}: the message or the help is empty"
    if finding.place.span.end > len(finding.place.text):
        return f"{finding.code}: it has no place in the file"
    return ""


def obeyed(texts: dict[str, str]) -> str:
    """What a terminal would obey in the findings as they are printed; "" if nothing."""
    for name, text in texts.items():
        if any(char in text for char in STEERING):
            return f"print: the format {name} prints what steers a terminal"
    return ""


def _tried(what: str, work: Callable[[], Any]) -> Any:
    """The result, or a sentence: a law is broken."""
    try:
        with _limited():
            result = work()
    except Findings as error:
        return f"{what}: refused what lint calls fine: {error.diagnostics[0].message}"
    except TooLong as late:
        return f"{what}: more than {SECONDS:g} s {_where(late)}"
    except Exception as error:  # noqa: BLE001 - any of them is what is looked for
        return f"{what}: {type(error).__name__} {_where(error)}: {str(error)[:150]}"
    if (used := megabytes()) > MEGABYTES:
        return f"{what}: {used} MB"
    return result


def megabytes() -> int:
    """The most memory that this process ever had.

    Linux adds that of the process that started this one to ``getrusage``, and not to its status.
    """
    status = Path("/proc/self/status")
    if status.exists():
        (peak,) = re.findall(r"VmHWM:\s*(\d+) kB", status.read_text())
        return int(peak) // 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 2**20


def _where(error: BaseException) -> str:
    """The innermost of our own functions."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "/snnc/" in f.filename]
    return f"in {Path(frames[-1].filename).name}, {frames[-1].name}" if frames else "outside"


@contextmanager
def _limited() -> Iterator[None]:
    """Ends what computes for too long."""

    def late(number: int, frame: FrameType | None) -> None:
        raise TooLong

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
