"""Answers on names: where one is defined, where it is used, and the edits of another name."""

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from snnc.lsp.family import at, definitions, every
from snnc.lsp.renaming import CannotRename, Renaming, nameable, renamed
from snnc.lsp.workspace import OpenSpec, OpenSpecs, real_path


def definition(open: OpenSpecs, spec: OpenSpec, position: types.Position) -> list[types.Location]:
    """The places that define the name at a position; of ``extends``, the file."""
    offset = spec.positions.offset(position)
    found = at(open, spec, offset)
    if found is None:
        return _base(open, spec, offset)
    return [open.locate(each.place) for each in definitions(every(open, spec, found.symbol))]


def _base(open: OpenSpecs, spec: OpenSpec, offset: int) -> list[types.Location]:
    """The beginning of the base that is named at an offset."""
    sources = open.analysis(spec).sources
    stated = sources[-1].tree.get("extends") if sources else None
    for node in (stated.items or [stated]) if stated else []:
        span = node.place.span
        if span.start <= offset <= span.end and isinstance(node.value, str):
            path = real_path(spec.path.parent / node.value)
            start = types.Position(0, 0)
            return [types.Location(path.as_uri(), types.Range(start, start))]
    return []


def references(
    open: OpenSpecs, spec: OpenSpec, position: types.Position, defining: bool
) -> list[types.Location]:
    """All places of the name at a position, with or without those that define it."""
    found = at(open, spec, spec.positions.offset(position))
    every_one = every(open, spec, found.symbol) if found else []
    return [open.locate(each.place) for each in every_one if defining or not each.defines]


def highlights(
    open: OpenSpecs, spec: OpenSpec, position: types.Position
) -> list[types.DocumentHighlight]:
    """The same in the text itself."""
    found = references(open, spec, position, defining=True)
    return [types.DocumentHighlight(each.range) for each in found if each.uri == spec.uri]


def prepared(open: OpenSpecs, spec: OpenSpec, position: types.Position) -> types.Range:
    """The range of the name that would be changed. Raises JsonRpcInvalidParams."""
    try:
        found = nameable(open, spec, spec.positions.offset(position))
    except CannotRename as error:
        raise JsonRpcInvalidParams(str(error)) from None
    return spec.positions.of(found.place)


def renaming(open: OpenSpecs, spec: OpenSpec, position: types.Position, name: str) -> Renaming:
    """The edits of a new name. Raises JsonRpcInvalidParams."""
    try:
        return renamed(open, spec, spec.positions.offset(position), name)
    except CannotRename as error:
        raise JsonRpcInvalidParams(str(error)) from None
