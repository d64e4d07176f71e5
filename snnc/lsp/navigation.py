"""Answers on names: where one is defined, where it is used, and the edits of another name."""

from pathlib import Path

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from snnc.lsp.family import at, definitions, every
from snnc.lsp.renaming import CannotRename, Renaming, Replacement, nameable, renamed
from snnc.lsp.workspace import OpenSpec, OpenSpecs, real_path
from snnc.source.diagnostic import Place

_WARNING = "checkpoint"


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


def workspace_edit(open: OpenSpecs, made: Renaming, annotated: bool) -> types.WorkspaceEdit:
    """The edits as the protocol has them; ``annotated`` with the warning that they need."""
    warned = made.warning if annotated else ""
    changes = [
        types.TextDocumentEdit(
            _document(open, path), [_edit(open, r, bool(warned)) for r in replacements]
        )
        for path, replacements in made.edits.items()
    ]
    if not warned:
        return types.WorkspaceEdit(document_changes=changes)
    told = types.ChangeAnnotation("Checkpoints", needs_confirmation=True, description=warned)
    return types.WorkspaceEdit(document_changes=changes, change_annotations={_WARNING: told})


def plain_edit(open: OpenSpecs, made: Renaming) -> types.WorkspaceEdit:
    """The edits for a client that knows no versions of documents."""
    changes = {
        open.locate(replacements[0].place).uri: [
            types.TextEdit(open.locate(r.place).range, r.text) for r in replacements
        ]
        for replacements in made.edits.values()
    }
    return types.WorkspaceEdit(changes=changes)


def _document(open: OpenSpecs, path: str) -> types.OptionalVersionedTextDocumentIdentifier:
    real = real_path(Path(path))
    spec = next((s for s in open.specs.values() if real_path(s.path) == real), None)
    uri, version = (spec.uri, spec.version) if spec else (real.as_uri(), None)
    return types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version)


def _edit(
    open: OpenSpecs, replacement: Replacement, warned: bool
) -> types.TextEdit | types.AnnotatedTextEdit:
    place: Place = replacement.place
    where = open.locate(place).range
    if warned:
        return types.AnnotatedTextEdit(_WARNING, where, replacement.text)
    return types.TextEdit(where, replacement.text)
