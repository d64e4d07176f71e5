"""Edits of files as the protocol has them: with versions, and with a warning where one is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types

from snnc.lsp.workspace import OpenSpecs, real_path
from snnc.source.diagnostic import Edit

_WARNING = "warning"
_LABEL = "What this changes"


@dataclass(frozen=True)
class EditSupport:
    """The parts of the protocol that a client knows: versions of documents, and annotations."""

    versions: bool
    annotations: bool

    @staticmethod
    def of(capabilities: types.ClientCapabilities) -> "EditSupport":
        """The support that a client states."""
        workspace = capabilities.workspace
        able = workspace.workspace_edit if workspace else None
        versions = bool(able and able.document_changes)
        return EditSupport(versions, versions and bool(able and able.change_annotation_support))


def workspace_edit(
    open: OpenSpecs, edits: Sequence[Edit], warning: str, support: EditSupport
) -> types.WorkspaceEdit:
    """The edits of some files; a client that can asks somebody who reads the warning."""
    by_file: dict[str, list[Edit]] = {}
    for edit in edits:
        by_file.setdefault(edit.place.path, []).append(edit)
    if not support.versions:
        return types.WorkspaceEdit(changes=dict(_plain(open, by_file)))
    warned = bool(warning) and support.annotations
    changes = [
        types.TextDocumentEdit(_document(open, path), [_edit(open, e, warned) for e in each])
        for path, each in by_file.items()
    ]
    if not warned:
        return types.WorkspaceEdit(document_changes=changes)
    told = types.ChangeAnnotation(_LABEL, needs_confirmation=True, description=warning)
    return types.WorkspaceEdit(document_changes=changes, change_annotations={_WARNING: told})


def _plain(
    open: OpenSpecs, by_file: Mapping[str, Sequence[Edit]]
) -> list[tuple[str, list[types.TextEdit]]]:
    return [
        (open.locate(each[0].place).uri, [types.TextEdit(*_parts(open, edit)) for edit in each])
        for each in by_file.values()
    ]


def _document(open: OpenSpecs, path: str) -> types.OptionalVersionedTextDocumentIdentifier:
    spec = open.at(Path(path))
    uri, version = (spec.uri, spec.version) if spec else (real_path(Path(path)).as_uri(), None)
    return types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version)


def _edit(open: OpenSpecs, edit: Edit, warned: bool) -> types.TextEdit | types.AnnotatedTextEdit:
    where, text = _parts(open, edit)
    return types.AnnotatedTextEdit(_WARNING, where, text) if warned else types.TextEdit(where, text)


def _parts(open: OpenSpecs, edit: Edit) -> tuple[types.Range, str]:
    """The range and the new text, with the line ends of the file."""
    spec = open.at(Path(edit.place.path))
    long_ends = spec is not None and "\r\n" in spec.positions.text
    text = edit.text.replace("\n", "\r\n") if long_ends else edit.text
    return open.locate(edit.place).range, text
