"""Diagnostics as somebody types, over the real protocol."""

from pathlib import Path

import pytest
from lsprotocol import types

from tests.lsp.editor import Editor, edit
from tests.support.cli import SPEC

BASE = SPEC.replace("[input]", "[vars]\nwidth = 10\nspare = 3\n\n[input]")
BASE = BASE.replace("out_features = 10", 'out_features = "$width"')


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "net.snn.toml").write_text(SPEC, "utf-8")
    return tmp_path


def codes(found: list[types.Diagnostic]) -> list[object]:
    return [each.code for each in found]


def test_a_mistake_comes_and_goes(folder: Path) -> None:
    async def work(editor: Editor) -> None:
        assert await editor.open("net.snn.toml") == []
        wrong = SPEC.replace("kernel_size", "kernel_siz")
        (found, *_) = await editor.type("net.snn.toml", wrong)
        assert found.code == "unknown-key"
        assert found.severity == types.DiagnosticSeverity.Error
        assert (
            found.message == "unknown key `kernel_siz` of Conv2d\nhelp: did you mean `kernel_size`?"
        )
        assert found.range.start == editor.at("net.snn.toml", "kernel_siz")
        assert await editor.type("net.snn.toml", SPEC) == []

    edit(folder, work)


def test_the_newest_text_is_answered_when_edits_come_at_once(folder: Path) -> None:
    async def work(editor: Editor) -> None:
        await editor.open("net.snn.toml")
        for number in range(1, 40):
            editor.change("net.snn.toml", SPEC.replace("out_features = 10", f"oops = {number}"))
        found = await editor.type("net.snn.toml", SPEC)
        assert found == []

    edit(folder, work)


def test_a_text_that_is_cut_anywhere_is_answered(folder: Path) -> None:
    """Every prefix is one that somebody has typed so far."""
    name = "net.snn.toml"

    async def work(editor: Editor) -> None:
        await editor.open(name)
        for cut in range(0, len(SPEC), 3):
            text = SPEC[:cut]
            lines = text.split("\n")
            found = await editor.type(name, text)
            for each in found:
                assert each.range.end.line < len(lines)
                assert each.range.end.character <= len(lines[each.range.end.line])

    edit(folder, work)


BROKEN = ["", "\n", "\x00", "[[[[", '"""', "a = [" * 500, "\ufeff" + SPEC, "a = 'é\U0001f9e0", "\r"]


def test_a_broken_text_is_answered(folder: Path) -> None:
    async def work(editor: Editor) -> None:
        await editor.open("net.snn.toml")
        for text in BROKEN:
            assert await editor.type("net.snn.toml", text) != []
        assert await editor.type("net.snn.toml", SPEC) == []

    edit(folder, work)


def test_positions_count_the_units_of_utf16(folder: Path) -> None:
    """An emoji is two of them, and CRLF is one line end."""
    text = SPEC.replace('name = "net"', 'name = "net"\ndoc = "a \U0001f9e0 net", oops = 1')
    text = text.replace("\n", "\r\n")

    async def work(editor: Editor) -> None:
        found = await editor.open("net.snn.toml", text)
        assert found[0].code == "invalid-toml"
        assert found[0].range.start == types.Position(2, len('doc = "a xx net"'))

    edit(folder, work)


@pytest.mark.parametrize(("encoding", "wide"), [("utf-8", 4), ("utf-16", 2), ("utf-32", 1)])
def test_the_client_chooses_the_units(folder: Path, encoding: str, wide: int) -> None:
    general = types.GeneralClientCapabilities(
        position_encodings=[types.PositionEncodingKind(encoding)]
    )
    text = SPEC.replace('name = "net"', 'name = "net"\ndoc = "\U0001f9e0", oops = 1')

    async def work(editor: Editor) -> None:
        found = await editor.open("net.snn.toml", text)
        assert found[0].range.start == types.Position(2, len('doc = ""') + wide)

    edit(folder, work, types.ClientCapabilities(general=general))


def test_what_is_typed_in_a_base_counts_in_what_extends_it(folder: Path) -> None:
    (folder / "base.snn.toml").write_text(BASE, "utf-8")
    above = 'extends = "base.snn.toml"\nname = "above"\n[vars]\nspare = 4\n'

    async def work(editor: Editor) -> None:
        assert codes(await editor.open("base.snn.toml")) == ["unused-variable"]
        assert codes(await editor.open("above.snn.toml", above)) == ["unused-variable"]
        wrong = BASE.replace("shape = [1, 8, 8]", "shape = [8, 8]")
        assert "bad-shape" in codes(await editor.type("base.snn.toml", wrong))
        (shown,) = await editor.until(
            lambda: next(
                (f for f in [editor.shown[f"{editor.uri('above.snn.toml')}@1"]] if len(f) == 1),
                None,
            )
        )
        assert shown.range.start.line == 3 or "base.snn.toml:" in shown.message

    edit(folder, work)


def test_a_definition_that_another_spec_uses_is_not_unused(folder: Path) -> None:
    (folder / "base.snn.toml").write_text(BASE, "utf-8")
    above = 'extends = "base.snn.toml"\nname = "above"\ntime_steps = "$spare"\n'
    (folder / "deep").mkdir()
    (folder / "deep/above.snn.toml").write_text(above.replace("base", "../base"), "utf-8")

    async def work(editor: Editor) -> None:
        assert await editor.open("base.snn.toml") == []

    edit(folder, work)


def test_an_error_in_a_base_is_shown_where_the_base_is_named(folder: Path) -> None:
    (folder / "base.snn.toml").write_text(BASE.replace("width = 10", "width ="), "utf-8")
    above = 'name = "above"\nextends = "base.snn.toml"\n'

    async def work(editor: Editor) -> None:
        found = await editor.open("above.snn.toml", above)
        shown = next(each for each in found if each.message.startswith("base.snn.toml:6: "))
        assert shown.range.start == editor.at("above.snn.toml", '"base')
        assert shown.related_information
        assert shown.related_information[0].location.uri == editor.uri("base.snn.toml")

    edit(folder, work)


def test_a_file_outside_of_a_project(tmp_path: Path) -> None:
    (tmp_path / "other.snn.toml").write_text("not toml", "utf-8")

    async def work(editor: Editor) -> None:
        assert await editor.open("net.snn.toml", SPEC) == []
        assert codes(await editor.type("net.snn.toml", SPEC.replace("[1, 8, 8]", "64"))) != []

    edit(tmp_path, work)


def test_a_text_that_was_never_saved(folder: Path) -> None:
    async def work(editor: Editor) -> None:
        uri = "untitled:Untitled-1"
        item = types.TextDocumentItem(uri, "toml", 1, SPEC.replace("[1, 8, 8]", "[8]"))
        editor.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        found = await editor.until(lambda: editor.shown.get(f"{uri}@1"))
        assert codes(found) == ["bad-shape"]

    edit(folder, work)


def test_a_base_that_changes_on_the_disk_counts_when_the_editor_says_so(folder: Path) -> None:
    base = folder / "base.snn.toml"
    base.write_text(BASE, "utf-8")
    above = 'extends = "base.snn.toml"\nname = "above"\ntime_steps = "$spare"\n'

    async def work(editor: Editor) -> None:
        assert await editor.open("above.snn.toml", above) == []
        assert "**/*.snn.toml" in await editor.until(lambda: editor.watched or None)
        base.write_text(BASE.replace("spare = 3", "spare = 0"), "utf-8")
        editor.shown.clear()
        changed = types.FileEvent(editor.uri("base.snn.toml"), types.FileChangeType.Changed)
        params = types.DidChangeWatchedFilesParams([changed])
        editor.client.workspace_did_change_watched_files(params)
        assert codes(await editor.diagnostics("above.snn.toml")) == ["bad-value"]

    edit(folder, work)


def test_other_files_are_none_of_ours(folder: Path) -> None:
    """An editor that knows the language by its name only opens all TOML files here."""

    async def work(editor: Editor) -> None:
        uri = editor.uri("pyproject.toml")
        item = types.TextDocumentItem(uri, "toml", 1, "[project]\nname = 1\n")
        editor.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        assert await editor.open("net.snn.toml") == []
        document = types.TextDocumentIdentifier(uri)
        params = types.HoverParams(document, types.Position(0, 2))
        assert await editor.client.text_document_hover_async(params) is None
        assert [key for key in editor.shown if "pyproject" in key] == []

    edit(folder, work)


def test_closing_takes_diagnostics_away_and_opening_brings_them_back(folder: Path) -> None:
    wrong = SPEC.replace('kind = "IF"', 'kind = "If"')

    async def work(editor: Editor) -> None:
        assert codes(await editor.open("net.snn.toml", wrong)) == ["unknown-kind"]
        editor.close("net.snn.toml")
        gone = f"{editor.uri('net.snn.toml')}@None"
        assert await editor.until(lambda: editor.shown.get(gone)) == []
        editor.shown.clear()
        assert await editor.open("net.snn.toml") == []
        assert codes(await editor.type("net.snn.toml", wrong)) == ["unknown-kind"]

    edit(folder, work)
