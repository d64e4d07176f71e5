"""Parts that commands share: finding specs, printing findings, one sentence per failure."""

import gc
import io
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import snnc
from snnc import formats
from snnc.docstrings import docstring
from snnc.flags import unconfigured
from snnc.formats import full
from snnc.formats._visible import visible
from snnc.source.diagnostic import Diagnostic, Findings
from snnc.source.nearest import nearest
from snnc.source.reading import SUFFIX, project

if TYPE_CHECKING:
    import typer

Exit = SystemExit
FORMATS = formats.names()
QUIET: ContextVar[bool] = ContextVar("QUIET", default=False)
"""Whether remarks are left out, as somebody asked who only wants findings."""
T = TypeVar("T")
Options = TypeVar("Options")
OBJECTS = 200_000
"""New objects after which Python looks for some that nothing needs: often is a third of a lint."""


class UsageError(Exception):
    """The command cannot be carried out as it was given: exit code 2."""


def run(app: Callable[..., Any], arguments: Sequence[str] | None = None) -> Any:
    """Calls ``app``; a failure is one sentence on stderr and exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what a code page lacks is a ?, no failure
            stream.reconfigure(errors="replace")
    gc.enable()
    gc.set_threshold(OBJECTS)  # nearly all that a command makes is needed to its end
    try:
        return app(args=arguments, prog_name="snnc")
    except (UsageError, OSError) as error:
        say(f"snnc: {_sentence(error)}")
    except Exception as error:
        if os.environ.get("SNNC_DEBUG"):
            raise
        what = f"{type(error).__name__}: {error}"
        say(f"snnc: internal error, please report it: {what} (SNNC_DEBUG=1 for more)")
    sys.exit(2)


def document(*apps: "typer.Typer") -> None:
    """``python -OO`` strips the docstrings that ``--help`` prints: commands get them back."""
    for command in (c for app in apps for c in (*app.registered_commands, app.registered_callback)):
        if command is not None and command.callback is not None:
            command.callback.__doc__ = docstring(command.callback)


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.filename or 'the output'}: {(error.strerror or str(error)).lower()}"
    return str(error)


@dataclass(frozen=True)
class Named:
    """The specs that paths name, and a sentence on each path that names none."""

    specs: list[Path]
    problems: tuple[str, ...] = ()

    def said(self, code: int) -> int:
        """Says the problems; the exit code of a command that came to ``code`` without them."""
        for problem in self.problems:
            say(f"snnc: {problem}")
        return 2 if self.problems else code


def specs(paths: Sequence[Path]) -> Named:
    """Every spec that ``paths`` name, folders searched, each once and in order.

    Without paths, those of the project, of which there may be none. Raises Findings; UsageError:
    no path names one.
    """
    found: dict[Path, None] = {}
    problems: list[str] = []
    for each in given(paths):
        try:
            found |= dict.fromkeys(_specs(each, bool(paths)))
        except UsageError as error:
            problems.append(str(error))
    closed = [path for path in found if path.exists() and not os.access(path, os.R_OK)]
    problems += [f"{path}: permission denied" for path in closed]
    found = {path: None for path in found if path not in closed}
    if problems and not found:
        *others, last = problems
        for problem in others:
            say(f"snnc: {problem}")
        raise UsageError(last)
    return Named(list(found), tuple(problems))


def check_versions(specs: Sequence[Path]) -> None:
    """Check that the projects of specs take this version of snnc. Raises Findings."""
    folders = {path.parent: path for path in specs}
    for root in dict.fromkeys(project(path) for path in folders.values()):
        if not unconfigured(root):
            from snnc.configuration import check_version

            check_version(root, snnc.__version__)


def given(paths: Sequence[Path]) -> Sequence[Path]:
    """The paths; without any, that of the project."""
    if paths:
        return paths
    from snnc import discovery

    return [discovery.root()]


def _specs(path: Path, named: bool) -> list[Path]:
    if not path.is_dir():
        return [spec(path)]
    from snnc import discovery

    inside = discovery.specs(path)
    if not inside and named:
        raise UsageError(f"{path}: there is no *{SUFFIX} in this folder{_meant(path)}")
    return inside


def spec(path: Path) -> Path:
    """The path, if it is that of a file with the name of a spec. Raises UsageError."""
    if path.is_dir():
        raise UsageError(f"{path}: this is a folder, name one spec in it")
    if not path.exists():
        raise UsageError(f"{path}: there is no such file{_meant(path)}")
    if not path.name.endswith(SUFFIX):
        raise UsageError(f"{path}: a spec is called NAME{SUFFIX}")
    return path


def _meant(given: Path) -> str:
    """The spec beside ``given`` that is called most like it, such as that of a package."""
    every = sorted(given.parent.glob(f"*{SUFFIX}"))
    beside = {path.name.removesuffix(SUFFIX): path for path in every}
    guess = nearest(given.name.partition(".")[0], beside)
    return f": did you mean {beside[guess]}?" if guess else ""


def or_report(make: Callable[[], T], output_format: str = "full") -> T:
    """The result of ``make``. Prints its findings and raises Exit(1) if it has any."""
    try:
        return make()
    except Findings as findings:
        report(findings.diagnostics, output_format)
        raise Exit(1) from None


def report(
    findings: Iterable[Diagnostic], output_format: str, looked_at: Sequence[Path] = ()
) -> None:
    """Prints findings to stdout in a format, in colour on a terminal; the same one only once."""
    once = list(dict.fromkeys(findings))
    if output_format == "full":
        sys.stdout.write(full.render(once, colour=_colour(), most=_most(looked_at, len(once))))
    else:
        paths = [path.as_posix() for path in looked_at]
        run = formats.Run(snnc.__version__, paths, _meanings)
        sys.stdout.write(formats.render(output_format, once, run))


def _meanings(codes: Sequence[str]) -> Mapping[str, formats.Meaning]:
    from snnc.meanings import meanings

    return meanings(codes)


def _most(paths: Sequence[Path], count: int) -> int:
    """The findings of a file that are printed, as the project of the first spec says."""
    root = project(paths[0]) if paths and count else None
    if root is None or unconfigured(root):
        return full.MOST
    from snnc.configuration import configuration

    try:
        return configuration(root).limits.findings
    except Findings:
        return full.MOST


def _colour() -> bool:
    """Whether to print in colour: NO_COLOR forbids it, FORCE_COLOR asks for it in pipes too."""
    if os.environ.get("NO_COLOR"):
        return False
    forced = os.environ.get("FORCE_COLOR", "") not in ("", "0")
    return forced or (sys.stdout.isatty() and os.environ.get("TERM") != "dumb")


def one_of(option: str, value: str, allowed: Sequence[str]) -> None:
    """Check that the value of an option is allowed. Raises UsageError."""
    if value not in allowed:
        raise UsageError(f"{option} must be one of {', '.join(allowed)}, not {value}")


def needs(module: str, extra: str, what: str) -> None:
    """Check that an optional dependency is installed. Raises UsageError."""
    if find_spec(module) is None:
        raise UsageError(f"{what} needs {module}: pip install 'snnc[{extra}]'")


def say(sentence: str) -> None:
    """A sentence for people: stderr, so that stdout stays for findings and diffs."""
    sys.stderr.write(f"{visible(sentence)}\n")


def remark(sentence: str) -> None:
    """A sentence that somebody who asked for quiet does without."""
    if not QUIET.get():
        say(sentence)


def quietly(quiet: bool, command: Callable[[Options], int], options: Options) -> int:
    """The exit code of a command, whose remarks may be left out."""
    token = QUIET.set(quiet)
    try:
        return command(options)
    finally:
        QUIET.reset(token)


def summary(findings: Iterable[Diagnostic], count: int) -> str:
    """``2 errors, 1 warning and 3 remarks in 3 specs``."""
    severities: list[str] = [finding.severity for finding in dict.fromkeys(findings)]
    words = (("error", "error"), ("warning", "warning"), ("info", "remark"))
    counts = ((severities.count(severity), word) for severity, word in words)
    parts = [plural(found, word) for found, word in counts if found]
    said = " and ".join([", ".join(parts[:-1])] * (len(parts) > 1) + parts[-1:])
    return f"{said or 'all fine'} in {plural(count, 'spec')}"


def plural(count: int, word: str) -> str:
    """``1 spec``, ``2 specs``."""
    return f"{count} {word}{'s' if count != 1 else ''}"
