"""The requests and notifications that the server answers; each is a call of another module."""

from lsprotocol import types

from snnc.lsp import family, navigation
from snnc.lsp.actions import FIX_ALL, Actions
from snnc.lsp.completion import completions
from snnc.lsp.edits import EditSupport
from snnc.lsp.hints import hints
from snnc.lsp.hover import HoverText
from snnc.lsp.items import CompletedText
from snnc.lsp.outline import outline
from snnc.lsp.server import SpecServer
from snnc.source.diagnostic import Span


def server() -> SpecServer:
    """A server with all its features, which has not started."""
    made = SpecServer()
    for features in (_texts, _names, _descriptions, _writing):
        features(made)
    return made


def _texts(server: SpecServer) -> None:
    """Texts that are opened, changed, saved and closed."""

    @server.feature(types.INITIALIZE)
    def begin(ls: SpecServer, params: types.InitializeParams) -> None:
        ls.begin()

    @server.feature(types.INITIALIZED)
    def ready(ls: SpecServer, params: types.InitializedParams) -> None:
        ls.watch()

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(ls: SpecServer, params: types.DidOpenTextDocumentParams) -> None:
        document = params.text_document
        ls.put(document.uri, document.text, document.version, look=True)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(ls: SpecServer, params: types.DidChangeTextDocumentParams) -> None:
        document = params.text_document
        text = ls.workspace.get_text_document(document.uri).source
        ls.put(document.uri, text, document.version, look=False)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(ls: SpecServer, params: types.DidSaveTextDocumentParams) -> None:
        if spec := ls.spec(params.text_document):
            ls.put(spec.uri, spec.positions.text, spec.version, look=True)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(ls: SpecServer, params: types.DidCloseTextDocumentParams) -> None:
        ls.drop(params.text_document.uri)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def elsewhere(ls: SpecServer, params: types.DidChangeWatchedFilesParams) -> None:
        ls.again()


def _names(server: SpecServer) -> None:
    """The definition and the uses of a name, and another name for it."""

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def define(ls: SpecServer, params: types.DefinitionParams) -> list[types.Location]:
        spec = ls.spec(params.text_document)
        return navigation.definition(ls.open, spec, params.position) if spec else []

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    def refer(ls: SpecServer, params: types.ReferenceParams) -> list[types.Location]:
        spec, defining = ls.spec(params.text_document), params.context.include_declaration
        return navigation.references(ls.open, spec, params.position, defining) if spec else []

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    def highlight(
        ls: SpecServer, params: types.DocumentHighlightParams
    ) -> list[types.DocumentHighlight]:
        spec = ls.spec(params.text_document)
        return navigation.highlights(ls.open, spec, params.position) if spec else []

    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    def prepare(ls: SpecServer, params: types.PrepareRenameParams) -> types.Range | None:
        spec = ls.spec(params.text_document)
        return navigation.prepared(ls.open, spec, params.position) if spec else None

    @server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    def rename(ls: SpecServer, params: types.RenameParams) -> types.WorkspaceEdit | None:
        spec = ls.spec(params.text_document)
        return ls.rename(spec, params.position, params.new_name) if spec else None


def _descriptions(server: SpecServer) -> None:
    """The meaning of a place, shapes beside layers, and the outline."""

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(ls: SpecServer, params: types.HoverParams) -> types.Hover | None:
        spec = ls.spec(params.text_document)
        if spec is None:
            return None
        found = family.at(ls.open, spec, spec.positions.offset(params.position))
        text = HoverText(spec.positions, ls.open.analysis(spec), found)
        return text.hover(params.position)

    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
    def hint(ls: SpecServer, params: types.InlayHintParams) -> list[types.InlayHint]:
        spec = ls.spec(params.text_document)
        if spec is None:
            return []
        ends = (spec.positions.offset(p) for p in (params.range.start, params.range.end))
        return [*hints(ls.open.analysis(spec), spec.positions, Span(*ends))]

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def symbols(ls: SpecServer, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        spec = ls.spec(params.text_document)
        sources = ls.open.analysis(spec).sources if spec else ()
        return outline(sources[-1], spec.positions) if spec and sources else []


def _writing(server: SpecServer) -> None:
    """Words that may stand at a place, and fixes of what is wrong there."""
    options = types.CompletionOptions(trigger_characters=['"', "$", "{", ",", "[", "=", " ", "/"])

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, options)
    def complete(ls: SpecServer, params: types.CompletionParams) -> types.CompletionList:
        spec = ls.spec(params.text_document)
        if spec is None:
            return types.CompletionList(is_incomplete=False, items=[])
        analysis = ls.open.analysis(spec)
        text = CompletedText(spec.path, spec.positions, analysis, spec.last or analysis)
        return types.CompletionList(False, completions(text, params.position))

    kinds = [types.CodeActionKind.QuickFix, FIX_ALL]

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(kinds))
    def act(ls: SpecServer, params: types.CodeActionParams) -> list[types.CodeAction]:
        spec = ls.spec(params.text_document)
        support = EditSupport.of(ls.client_capabilities)
        return [*Actions(ls.open, spec, support).among(params)] if spec else []
