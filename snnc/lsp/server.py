"""The server: the protocol on one side, the open texts on the other."""

import asyncio
import os
import time
from contextlib import suppress

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

import snnc
from snnc.lsp import grammar, navigation
from snnc.lsp.diagnostics import published
from snnc.lsp.edits import EditSupport, workspace_edit
from snnc.lsp.workspace import OpenSpec, OpenSpecs, is_spec
from snnc.source.reading import CONFIGURATION, PYPROJECT, SUFFIX

_LEAST, _MOST = 0.005, 0.5
_SHORT, _SHARE = 0.1, 0.25
"""Seconds that the server waits for a further edit, at least and at most.

Between them it waits for this share of the time by which the last look was no short one: longer
where looks take long and somebody who types would wait for each.
"""
_WATCHED = (f"*{SUFFIX}", CONFIGURATION, PYPROJECT)
_PAUSE = 1.0
"""Seconds without an edit in which there is time for something else."""


class SpecServer(LanguageServer):
    """A language server for specs. A text is looked at when its editor has paused."""

    def __init__(self) -> None:
        full = types.TextDocumentSyncKind.Full  # pygls ends lines where the protocol does not
        super().__init__("snnc", snnc.__version__, full)
        self.open = OpenSpecs()
        self.waiting: dict[str, asyncio.TimerHandle] = {}
        self.took = 0.0
        self.pause: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Takes what the client said of itself, and its folder as the current one."""
        self.open.encoding = str(self.workspace.position_encoding or "utf-16")
        folder = to_fs_path(self.workspace.root_uri or "")
        if folder:
            with suppress(OSError):  # where a package may be depends on the current folder
                os.chdir(folder)

    def watch(self) -> None:
        """Asks a client that can to tell of files that change outside of it."""
        workspace = self.client_capabilities.workspace
        files = workspace.did_change_watched_files if workspace else None
        if files and files.dynamic_registration:
            watchers = [types.FileSystemWatcher(f"**/{name}") for name in _WATCHED]
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
            method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
            asked = types.Registration("specs", method, options)
            self.client_register_capability(types.RegistrationParams([asked]))

    def put(self, uri: str, text: str, version: int | None, look: bool) -> None:
        """Takes a text. ``look`` for those that extend it: a text that is new or saved.

        Other files that an editor takes for the same language are none of ours.
        """
        if not is_spec(uri):
            return
        spec = self.open.put(uri, text, version)
        if look:
            self.open.users.look(spec.path)
        self.later(spec)
        for other in self.open.reading(spec):
            other.analysis = None
            self.later(other)

    def drop(self, uri: str) -> None:
        """Forgets a text, and with it what was found there."""
        spec = self.open.specs.get(uri)
        if timer := self.waiting.pop(uri, None):
            timer.cancel()
        self.open.drop(uri)
        if spec is None:
            return
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))
        for other in self.open.reading(spec):
            other.analysis = None
            self.later(other)

    def again(self) -> None:
        """Looks at every text: files beside them have changed."""
        for spec in self.open.specs.values():
            spec.analysis = None
            self.open.users.look(spec.path)
            self.later(spec)

    def later(self, spec: OpenSpec) -> None:
        """Looks at a text once there was no further edit for a moment."""
        if timer := self.waiting.pop(spec.uri, None):
            timer.cancel()
        pause = min(max(_SHARE * (self.took - _SHORT), _LEAST), _MOST)
        loop = asyncio.get_running_loop()
        self.waiting[spec.uri] = loop.call_later(pause, self.publish, spec.uri)

    def publish(self, uri: str) -> None:
        """Tells the client what is in a text now."""
        self.waiting.pop(uri, None)
        spec = self.open.specs.get(uri)
        if spec is None:
            return
        began = time.perf_counter()
        found = published(self.open.analysis(spec), self.open.locate)
        self.took = time.perf_counter() - began
        params = types.PublishDiagnosticsParams(uri, found, spec.version)
        self.text_document_publish_diagnostics(params)
        self.idle()

    def idle(self) -> None:
        """Makes the schema in a pause of the first minute, so that no completion waits for it."""
        if self.pause:
            self.pause.cancel()
        if not grammar.whole.cache_info().currsize:
            self.pause = asyncio.get_running_loop().call_later(_PAUSE, grammar.whole)

    def rename(self, spec: OpenSpec, position: types.Position, name: str) -> types.WorkspaceEdit:
        """The edits of a new name; what that does to checkpoints is told in the edits or beside."""
        made = navigation.renaming(self.open, spec, position, name)
        support = EditSupport.of(self.client_capabilities)
        if made.warning and not support.annotations:
            warning = types.MessageType.Warning
            self.window_show_message(types.ShowMessageParams(warning, made.warning))
        return workspace_edit(self.open, made.edits, made.warning, support)

    def spec(self, document: types.TextDocumentIdentifier) -> OpenSpec | None:
        """The open text that a request is about."""
        return self.open.specs.get(document.uri)
