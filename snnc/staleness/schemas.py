"""The editor's schema beside specs: it should be that of this snnc."""

import json
import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from snnc import discovery, schema
from snnc.escape import word
from snnc.project.reading import at
from snnc.source.diagnostic import Diagnostic, Place, Span
from snnc.source.source import Source

_DIRECTIVE = re.compile(r"\A#:schema +(\S+)")


def stale_schemas(searched: Collection[Path], sources: Collection[Source]) -> Iterator[Diagnostic]:
    """Findings about schemas that specs name in their first line, or that lie in a folder."""
    places = dict(found for source in sources for found in _named(source))
    for given in searched:
        if given.is_dir():
            for path in discovery.files(given, schema.FILE.__eq__):
                places.setdefault(Path(os.path.normpath(path)), None)
    for path, place in places.items():
        yield from _stale(path, place)


def _named(source: Source) -> Iterator[tuple[Path, Place | None]]:
    """The file that the first line of a spec names, if it is called as snnc calls it."""
    found = _DIRECTIVE.match(source.text)
    if found and Path(found[1]).name == schema.FILE and "://" not in found[1]:
        path = os.path.normpath(Path(source.path).parent / found[1])
        yield Path(path), source.place(Span(*found.span(1)))


def _stale(path: Path, place: Place | None) -> Iterator[Diagnostic]:
    text = at(path.parent, path.name).text
    if text is None or _same(text):
        return
    ours = schema.is_ours(text)
    what = "the schema of another snnc" if ours else "no schema of specs"
    help = f"{'' if ours else 'delete it and '}run snnc schema -o {word(str(path))}"
    shown = place or Place(path.as_posix(), text, Span(0, 0))
    yield Diagnostic("SNN511", "stale-schema", f"{path} is {what}", shown, help)


def _same(text: str) -> bool:
    """Whether a text is the schema, however a formatter wrote it."""
    if text == schema.text():
        return True
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return bool(found == json.loads(schema.text()))
