"""The requests and notifications that the server answers; each is a call of another module."""

from lsprotocol import types

from snnc.lsp.server import SpecServer


def server() -> SpecServer:
    """A server with all its features, which has not started."""
    made = SpecServer()
    _texts(made)
    return made


def _texts(server: SpecServer) -> None:
    """Texts that are opened, changed, saved and closed."""

    @server.feature(types.INITIALIZE)
    def begin(ls: SpecServer, params: types.InitializeParams) -> None:
        ls.begin()

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
