"""All files in which a name of a spec may stand: its bases, and the specs that extend any of them.

A name is looked up in each spec of them by its own chain, so that two lists of layers that share a
name are kept apart.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from snnc.lsp.chain import Chain
from snnc.lsp.occurrences import occurrences
from snnc.lsp.symbols import Occurrence, Symbol
from snnc.lsp.workspace import OpenSpec, OpenSpecs
from snnc.resolve.bases import chain
from snnc.source.diagnostic import Findings
from snnc.source.reading import project
from snnc.source.source import read, read_on


def own_chain(open: OpenSpecs, spec: OpenSpec) -> Chain | None:
    """The files of an open spec; None while nothing of it can be read."""
    sources = open.analysis(spec).sources
    return Chain(sources) if sources else None


def at(open: OpenSpecs, spec: OpenSpec, offset: int) -> Occurrence | None:
    """The name at an offset into an open text. A name of its own comes before that of a kind."""
    found = own_chain(open, spec)
    here = occurrences(found, found.sources[-1]) if found else iter(())
    around = [o for o in here if o.place.span.start <= offset <= o.place.span.end]
    return min(around, key=lambda o: o.implied is not None, default=None)


def every(open: OpenSpecs, spec: OpenSpec, symbol: Symbol) -> list[Occurrence]:
    """All places of a symbol, each once, in order."""
    found: dict[tuple[str, int], Occurrence] = {}
    for each in (o for c in chains(open, spec) for o in _all(c) if o.symbol == symbol):
        found.setdefault((each.place.path, each.place.span.start), each)
    return [found[key] for key in sorted(found)]


def chains(open: OpenSpecs, spec: OpenSpec) -> Iterator[Chain]:
    """The chain of a spec, and those of all specs that share a file with it."""
    own = own_chain(open, spec)
    if own is None:
        return
    yield own
    with open.unsaved():
        bases = [Path(source.path) for source in own.sources]
        users = dict.fromkeys(user for base in bases for user in open.users.every(base))
        for user in users:
            if user != spec.path and (found := _chain(user)):
                yield found


def _chain(path: Path) -> Chain | None:
    """The files of a spec on the disk, or as the editor has them."""
    try:
        return Chain(chain(read_on(path), partial(read, root=project(path))))
    except (OSError, Findings):
        return None


def _all(chain: Chain) -> Iterator[Occurrence]:
    for source in chain.sources:
        yield from occurrences(chain, source)


def definitions(found: Sequence[Occurrence]) -> list[Occurrence]:
    """The occurrences that give the name."""
    return [each for each in found if each.defines]
