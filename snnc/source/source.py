"""A spec as a person wrote it: the text, and the tree of its values with their places.

The words for a text that is no TOML, and the way on behind it, are imported where one is found.
"""

import os
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from snnc.source import tree
from snnc.source.diagnostic import Diagnostic, Findings, Place, Span
from snnc.source.limits import (
    MAX_DEPTH,
    MOST_ERRORS,
    MOST_READ,
    at_end,
    too_deep,
    too_deep_at,
    too_many,
)
from snnc.source.reading import content, one_line_end
from snnc.source.spans import Mark, SourceMap, index
from snnc.source.tree import Tree


@dataclass(frozen=True)
class Source:
    """One file. ``text`` has its line ends as ``tomllib`` sees them: each CRLF became LF.

    ``findings`` are what is no TOML in it, ``lost`` the tables of which parts are missing for that.
    """

    path: str
    text: str = field(repr=False)
    tree: Tree = field(repr=False)
    comments: tuple[Span, ...] = field(repr=False)
    findings: tuple[Diagnostic, ...] = ()
    lost: frozenset[str] = frozenset()

    def place(self, span: Span) -> Place:
        return Place(self.path, self.text, span)


def read(path: Path | str, root: Path | None = None) -> Source:
    """Read a file. What is wrong *in* it raises Findings; a file that is not there, OSError.

    It must lie in ``root``, by default its own project.
    """
    shown, text = _decoded(path, root)
    return parse(shown, text)


def read_on(path: Path | str) -> Source:
    """Read a file beyond what is no TOML in it. Raises Findings where nothing is left of it."""
    shown, text = _decoded(path, None)
    return parse_on(shown, text)


def _decoded(path: Path | str, root: Path | None) -> tuple[str, str]:
    shown = os.fspath(path).replace(os.sep, "/")
    data = content(Path(path), root)
    try:
        return shown, data.decode("utf-8")
    except UnicodeDecodeError as error:
        from snnc.source.invalid import not_utf8

        raise Findings(not_utf8(shown, data, error.start)) from None


def parse_on(path: str, text: str) -> Source:
    """Parse a text, and go on at the next table after each statement that is no TOML.

    Raises Findings where it cannot go on.
    """
    text = one_line_end(text)
    left, found, lost = text, list[Diagnostic](), set[str]()
    for _ in range(1 + min(MOST_ERRORS, MOST_READ // (1 + len(text)))):
        try:
            source = parse(path, text, left)
        except Findings as findings:
            from snnc.source.recovery import blanked, statement

            found += [_shown(path, text, d) for d in findings.diagnostics if not _again(d, found)]
            cut = statement(left, findings.diagnostics[0])
            if cut is None:
                break
            left, lost = blanked(left, cut.span), lost | cut.lost
        else:
            return replace(source, findings=tuple(found), lost=frozenset(lost))
    raise Findings(*found)


def _again(diagnostic: Diagnostic, found: list[Diagnostic]) -> bool:
    return any(diagnostic.place.span == other.place.span for other in found)


def _shown(path: str, text: str, diagnostic: Diagnostic) -> Diagnostic:
    """The finding in the text as it was."""
    notes = tuple(replace(n, place=Place(path, text, n.place.span)) for n in diagnostic.notes)
    return replace(diagnostic, place=Place(path, text, diagnostic.place.span), notes=notes)


def parse(path: str, text: str, left: str | None = None) -> Source:
    """Parse a text; messages name it by ``path``. Raises Findings.

    ``left`` is what to read of it, with blanks for the rest.
    """
    shown = one_line_end(text)
    text = shown if left is None else left
    if text.startswith("\ufeff"):
        from snnc.source.invalid import byte_order_mark

        raise Findings(byte_order_mark(path, text))
    if found := too_many(path, text):
        raise Findings(found)
    data = _load(path, text)
    source_map = index(text)
    _check_depth(path, text, source_map)
    root = _tree(data, (), _Places(path, shown, source_map))
    return Source(path, shown, root, tuple(source_map.comments))


def _load(path: str, text: str) -> dict[str, Any]:
    """Parse, but nothing beyond a place that is nested so deeply that parsing may not end."""
    deep = too_deep_at(text)
    try:
        data = tomllib.loads(text[:deep])
    except RecursionError:
        raise Findings(too_deep(path, text, Span(0, 0))) from None
    except ValueError as error:
        if deep is None or not at_end(error):
            from snnc.source.invalid import invalid_toml

            raise Findings(invalid_toml(path, text, error)) from None
    if deep is not None:
        raise Findings(too_deep(path, text, Span(deep, deep + 1)))
    return data


def _check_depth(path: str, text: str, source_map: SourceMap) -> None:
    """Dotted keys within dotted headers nest without a bracket."""
    deepest = max(source_map.marks, key=len, default=())
    if len(deepest) > MAX_DEPTH:
        raise Findings(too_deep(path, text, source_map.marks[deepest].key))


@dataclass(frozen=True)
class _Places:
    path: str
    text: str
    source_map: SourceMap

    def mark(self, path: tree.Path) -> Mark:
        """The document itself has no header: it stands for its beginning."""
        return self.source_map.marks[path] if path else Mark(Span(0, 0), Span(0, 0))

    def place(self, span: Span) -> Place:
        return Place(self.path, self.text, span)


def _tree(data: Any, path: tree.Path, places: _Places) -> Tree:
    mark = places.mark(path)
    value = data
    if isinstance(data, dict):
        value = {name: _tree(child, (*path, name), places) for name, child in data.items()}
    elif isinstance(data, list):
        value = [_tree(child, (*path, number), places) for number, child in enumerate(data)]
    return Tree(value, places.place(mark.key), places.place(mark.value))
