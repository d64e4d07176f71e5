"""The editor's schema beside specs: it should be that of this snnc."""

import json
import os
import re
from collections.abc import Collection, Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from snnc import discovery
from snnc.escape import word
from snnc.project.reading import at
from snnc.source.diagnostic import Diagnostic, Place, Span
from snnc.source.reading import SCHEMA

_DIRECTIVE = re.compile(r"\A#:schema +(\S+)")


def stale_schemas(
    searched: Collection[Path], specs: Mapping[str, str], right: Collection[str] = ()
) -> Iterator[Diagnostic]:
    """Findings about schemas that specs name in their first line, or that lie in a folder.

    ``specs`` are texts by path. A schema whose digest is among ``right`` is right.
    """
    for path, place in _places(searched, specs).items():
        text = at(path.parent, path.name).text
        if text is not None and _digest(text) not in right:
            yield from _stale(path, place, text)


def digests(searched: Collection[Path], specs: Mapping[str, str]) -> list[str]:
    """The digests of the schemas that :func:`stale_schemas` looks at."""
    texts = (at(path.parent, path.name).text for path in _places(searched, specs))
    return sorted({_digest(text) for text in texts if text is not None})


def _places(searched: Collection[Path], specs: Mapping[str, str]) -> dict[Path, Place | None]:
    """The schemas by their paths, each with the place that names it, if one does."""
    places = dict(found for path, text in specs.items() for found in _named(path, text))
    for given in searched:
        if given.is_dir():
            for path in discovery.files(given, SCHEMA.__eq__):
                places.setdefault(Path(os.path.normpath(path)), None)
    return places


def _named(spec: str, text: str) -> Iterator[tuple[Path, Place | None]]:
    """The file that the first line of a spec names, if it is called as snnc calls it."""
    found = _DIRECTIVE.match(text)
    if found and Path(found[1]).name == SCHEMA and "://" not in found[1]:
        path = os.path.normpath(Path(spec).parent / found[1])
        yield Path(path), Place(spec, text, Span(*found.span(1)))


def _stale(path: Path, place: Place | None, text: str) -> Iterator[Diagnostic]:
    from snnc import schema  # most runs see no schema, or one that is known to be right

    if _same(text, schema.text()):
        return
    ours = schema.is_ours(text)
    what = "the schema of another snnc" if ours else "no schema of specs"
    help = f"{'' if ours else 'delete it and '}run snnc schema -o {word(str(path))}"
    shown = place or Place(path.as_posix(), text, Span(0, 0))
    yield Diagnostic("SNN511", "stale-schema", f"{path} is {what}", shown, help)


def _same(text: str, wanted: str) -> bool:
    """Whether a text is the schema, however a formatter wrote it."""
    if text == wanted:
        return True
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return bool(found == json.loads(wanted))


def _digest(text: str) -> str:
    return sha256(text.encode(errors="surrogatepass")).hexdigest()
