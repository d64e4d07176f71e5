"""An editor for tests: it starts ``snnc lsp`` and speaks the protocol with it."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient

COMMAND = (sys.executable, "-c", "from snnc.cli import main; main()", "lsp")
PATIENCE = 60.0
"""Seconds until a test gives up: no measure of anything."""
CAPABLE = types.ClientCapabilities(
    workspace=types.WorkspaceClientCapabilities(
        did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(
            dynamic_registration=True
        ),
        workspace_edit=types.WorkspaceEditClientCapabilities(
            document_changes=True,
            change_annotation_support=types.ChangeAnnotationsSupportOptions(),
        ),
    ),
)


@dataclass
class Editor:
    """A client with the diagnostics and messages that it was sent."""

    client: LanguageClient
    folder: Path
    shown: dict[str, list[types.Diagnostic]] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    watched: list[str] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def document(self, name: str) -> types.TextDocumentIdentifier:
        return types.TextDocumentIdentifier(self.uri(name))

    async def open(self, name: str, text: str | None = None) -> list[types.Diagnostic]:
        """Opens a file, or a text that is not saved; the diagnostics of it."""
        uri = self.uri(name)
        text = (self.folder / name).read_bytes().decode() if text is None else text
        self.versions[uri], self.texts[uri] = 1, text
        item = types.TextDocumentItem(uri, "toml", 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return await self.diagnostics(name)

    async def type(self, name: str, text: str) -> list[types.Diagnostic]:
        """Changes a text; the diagnostics of it."""
        self.change(name, text)
        return await self.diagnostics(name)

    def change(self, name: str, text: str) -> None:
        uri = self.uri(name)
        self.versions[uri] += 1
        self.texts[uri] = text
        change = types.TextDocumentContentChangeWholeDocument(text)
        document = types.VersionedTextDocumentIdentifier(version=self.versions[uri], uri=uri)
        params = types.DidChangeTextDocumentParams(document, [change])
        self.client.text_document_did_change(params)

    async def diagnostics(self, name: str) -> list[types.Diagnostic]:
        """The diagnostics of the newest version of a text."""
        key = f"{self.uri(name)}@{self.versions[self.uri(name)]}"
        await self.until(lambda: self.shown.get(key))
        return self.shown[key]

    async def until(self, found: Callable[[], Any]) -> Any:
        """Waits until something is there."""
        async with self.news:
            await asyncio.wait_for(self.news.wait_for(lambda: found() is not None), PATIENCE)
        return found()

    def close(self, name: str) -> None:
        params = types.DidCloseTextDocumentParams(self.document(name))
        self.client.text_document_did_close(params)

    def at(self, name: str, mark: str, inside: int = 0) -> types.Position:
        """The position ``inside`` the only occurrence of a piece of a text, in UTF-16."""
        text = self.texts[self.uri(name)]
        assert text.count(mark) == 1, f"{mark!r} stands {text.count(mark)} times"
        before = text[: text.index(mark) + inside]
        line = before.rpartition("\n")[2]
        return types.Position(before.count("\n"), len(line.encode("utf-16-le")) // 2)

    def place(self, name: str, mark: str, inside: int = 0) -> dict[str, Any]:
        """The first two arguments of most requests."""
        document = self.document(name)
        return {"text_document": document, "position": self.at(name, mark, inside)}


def edited(text: str, edits: Sequence[Any]) -> str:
    """A text after some edits, as an editor makes them: positions are in UTF-16."""
    lines = text.split("\n")

    def offset(position: types.Position) -> int:
        before = sum(len(line) + 1 for line in lines[: position.line])
        units = lines[position.line].encode("utf-16-le")[: 2 * position.character]
        return before + len(units.decode("utf-16-le"))

    for edit in sorted(edits, key=lambda e: offset(e.range.start), reverse=True):
        text = text[: offset(edit.range.start)] + edit.new_text + text[offset(edit.range.end) :]
    return text


@asynccontextmanager
async def editing(
    folder: Path, capabilities: types.ClientCapabilities = CAPABLE
) -> AsyncIterator[Editor]:
    """An editor in a folder, with a server of its own."""
    client = LanguageClient("test", "1")
    editor = Editor(client, folder)

    untyped: Any = client

    async def published(params: types.PublishDiagnosticsParams) -> None:
        async with editor.news:
            editor.shown[f"{params.uri}@{params.version}"] = [*params.diagnostics]
            editor.news.notify_all()

    async def told(params: types.ShowMessageParams) -> None:
        async with editor.news:
            editor.messages.append(params.message)
            editor.news.notify_all()

    untyped.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(published)

    def registered(params: types.RegistrationParams) -> None:
        editor.watched += [w["globPattern"] for w in _watchers(params)]

    untyped.feature(types.WINDOW_SHOW_MESSAGE)(told)
    untyped.feature(types.CLIENT_REGISTER_CAPABILITY)(registered)
    await client.start_io(*COMMAND)
    params = types.InitializeParams(capabilities=capabilities, root_uri=folder.as_uri())
    await client.initialize_async(params)
    client.initialized(types.InitializedParams())
    try:
        yield editor
    finally:
        await client.shutdown_async(None)
        client.exit(None)
        await untyped.stop()


def _watchers(params: types.RegistrationParams) -> Any:
    """The watchers that a server asks for; options of registrations are plain JSON."""
    options: Any = params.registrations[0].register_options
    return options["watchers"] if isinstance(options, dict) else options.watchers


def edit(
    folder: Path,
    work: Callable[[Editor], Awaitable[None]],
    capabilities: types.ClientCapabilities = CAPABLE,
) -> None:
    """Does something in an editor."""

    async def session() -> None:
        async with editing(folder, capabilities) as editor:
            await work(editor)
        assert [m for m in editor.messages if "Error in server" in m] == []

    asyncio.run(session())
