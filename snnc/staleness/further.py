"""Further packages of a spec: made by ``--set``, or by ``-o`` in another folder."""

import shlex
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from snnc.emit.header import read_header
from snnc.escape import word
from snnc.project.reading import at
from snnc.source.diagnostic import Diagnostic, Findings, Place
from snnc.staleness.orphans import packages_in, spec_of
from snnc.staleness.package import Package

_OUT, _SET = ("-o", "--out"), "--set"


@dataclass(frozen=True)
class Further:
    """A package as its header says that it was made: from which spec, with which settings.

    ``elsewhere``: its folder is not the one that the spec names.
    """

    spec: Path
    folder: Path
    settings: tuple[str, ...]
    elsewhere: bool

    @property
    def command(self) -> str:
        """The command that makes it, for whoever named the spec."""
        out = ["-o", str(self.folder)] if self.elsewhere else []
        settings = [part for setting in self.settings for part in (_SET, setting)]
        return " ".join(map(word, ["snnc", "build", str(self.spec), *out, *settings]))


def unmakeable(made: Further, name: Place, failed: Findings) -> Diagnostic:
    """The finding about a package whose spec does not take its settings any more."""
    why = failed.diagnostics[0].message
    message = f"`{made.command}` made {made.folder}/, and fails now: {why}"
    help = f"delete {made.folder}/, or make it with other settings"
    return Diagnostic("SNN501", "stale-file", message, name, help)


def further(searched: Collection[Path], packages: Collection[Package]) -> Iterator[Further]:
    """The further packages in the searched folders, of the specs of this run."""
    built = {package.folder.resolve() for package in packages}
    specs = {package.spec.resolve(): package.spec for package in packages if not package.shared}
    for found in dict.fromkeys(path for given in searched for path in packages_in(given)):
        header = read_header(at(found.parent, found.name).text or "")
        if header is None or header.source is None or found.parent.resolve() in built:
            continue
        spec, options = specs.get(spec_of(found, header.source)), _options(header.command)
        if spec and options:
            yield Further(spec, found.parent, *options)


def _options(command: str) -> tuple[tuple[str, ...], bool] | None:
    """The settings in a command, and whether it names a folder; None if it has no options."""
    try:
        words = shlex.split(command)[3:]
    except ValueError:
        return None
    pairs = list(zip(words[::2], words[1::2], strict=False))
    if not pairs or any(option not in (*_OUT, _SET) for option, _ in pairs):
        return None
    settings = tuple(value for option, value in pairs if option == _SET)
    return settings, any(option in _OUT for option, _ in pairs)
