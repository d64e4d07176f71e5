"""Findings about the files of a package: one for all files of which the same is to be said."""

import os
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from snnc.emit.header import OUTPUT_FORMAT, read_header
from snnc.project import File
from snnc.source.diagnostic import Diagnostic
from snnc.staleness.package import Package

_BY_FORCE = "or run {command} --force to replace it"


class Complaint(NamedTuple):
    """A finding in words: what is wrong with some files, and what helps."""

    code: str
    name: str
    message: str
    help: str


_COMPLAINTS = {
    "missing": Complaint("SNN502", "missing-file", "missing", "run {command}"),
    "stale": Complaint(
        "SNN501", "stale-file", "out of date, the spec has changed", "run {command}"
    ),
    "changed": Complaint("SNN501", "stale-file", "out of date, snnc has changed", "run {command}"),
    "otherwise": Complaint(
        "SNN501", "stale-file", "made by `{made}`", "run that again, or {command} to replace it"
    ),
    "older": Complaint(
        "SNN510",
        "other-format",
        "out of date, snnc's output format is {ours}, this file has {theirs}",
        "run {command}",
    ),
    "newer": Complaint(
        "SNN510",
        "other-format",
        "made by a newer snnc, whose output format is {theirs} and not {ours}",
        "update snnc, or run {command} to replace it",
    ),
    "conflict": Complaint(
        "SNN505", "merge-conflict", "has conflict markers", "resolve the spec, then run {command}"
    ),
    "left over": Complaint(
        "SNN507", "left-over-file", "no longer generated", "run {command} to remove it"
    ),
    "edited": Complaint(
        "SNN503",
        "edited-file",
        "edited by hand",
        f"keep changes in a subclass or a module of your own, {_BY_FORCE}; "
        "if a formatter did it, exclude {folder}/ from it",
    ),
    "kept": Complaint(
        "SNN507",
        "left-over-file",
        "no longer generated, but edited by hand",
        "move or remove it; {command} --force leaves it where it is",
    ),
    "reformatted": Complaint(
        "SNN504",
        "reformatted-file",
        "reformatted, with the same meaning",
        "exclude {folder}/ from the formatter, then run {command} --force",
    ),
    "marked": Complaint(
        "SNN504",
        "reformatted-file",
        "begins with a byte order mark",
        "exclude {folder}/ from what adds it, then run {command} --force",
    ),
    "headed": Complaint(
        "SNN504",
        "reformatted-file",
        "begins with lines that snnc did not write, such as a licence header",
        "exclude {folder}/ from what adds them, then run {command} --force",
    ),
    "foreign": Complaint("SNN506", "foreign-file", "not written by snnc", f"move it, {_BY_FORCE}"),
    "another's": Complaint(
        "SNN506",
        "foreign-file",
        "belongs to {owner}",
        f"give this package another folder, {_BY_FORCE}",
    ),
    "moved": Complaint(
        "SNN506",
        "foreign-file",
        "belongs to {owner}, which is not there",
        "if that spec was renamed, run {command} --force",
    ),
    "in the way": Complaint(
        "SNN506",
        "foreign-file",
        "{obstacle}, which snnc neither follows nor replaces",
        "move or remove it",
    ),
}


def complaints(package: Package, files: Iterable[File]) -> Iterator[Diagnostic]:
    """The findings about ``files`` of a package, at the name of its spec."""
    groups: dict[Complaint, list[File]] = {}
    for file in files:
        groups.setdefault(_complaint(package, file), []).append(file)
    for told, (first, *others) in groups.items():
        message = f"{first.path}{_and_more(len(others))}: {told.message}"
        message = told.message if first.obstacle else message
        yield Diagnostic(told.code, told.name, message, package.name, told.help)


def _and_more(others: int) -> str:
    return f" and {others} other{'s' * (others > 1)}" if others else ""


def _complaint(package: Package, file: File) -> Complaint:
    header, made = file.header, _made_otherwise(file)
    told = _COMPLAINTS["otherwise" if made else _what(package, file)]
    values = {
        "command": package.command,
        "folder": package.folder,
        "made": made,
        "ours": OUTPUT_FORMAT,
        "theirs": header and header.output_format,
        "owner": (header and header.source) or "no spec",
        "obstacle": file.obstacle,
    }
    return told._replace(message=told.message.format(**values), help=told.help.format(**values))


def _what(package: Package, file: File) -> str:
    """The word for what is to be said of a file; most often its state."""
    if file.want is None and file.state in ("edited", "marked", "headed"):
        return "kept"
    if package.shared and file.state == "stale":
        return "changed"
    if file.state == "another's" and file.header and file.header.source:
        spec = package.folder.parent / file.header.source
        return file.state if os.path.lexists(spec) else "moved"
    return file.state


def _made_otherwise(file: File) -> str:
    """The command that made a file, if it is another one than would make it now."""
    wanted = read_header(file.want or "")
    if file.state != "stale" or file.header is None or wanted is None:
        return ""
    return file.header.command if file.header.command != wanted.command else ""
