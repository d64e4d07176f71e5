"""Hover, hints, outline and actions, over the real protocol."""

from pathlib import Path

import pytest
from lsprotocol import types

from tests.lsp.editor import Editor, edit, edited
from tests.lsp.specs import NAMES
from tests.support.cli import SPEC

N = "names.snn.toml"
HOVERED = [  # a mark, how far inside, what is told
    ("time_steps", 2, ["**time_steps**", "integer ≥ 1"]),
    ('"Flatten"', 3, ["**Flatten**", "**flatten1** `[1, 8, 8] → [64]`", "before the time loop"]),
    ('kind = "Linear", name = "fc", out', 9, ["Linear", "out_features"]),
    ("out_features = 10", 3, ["**out_features**", "integer"]),
    ('"mine", rate', 2, ["**mine** `[17] → [17]`", "in the time loop"]),
    ('from = "cells.1.sn"', 16, ["**cells.0.sn**", "**cells.1.sn**"]),
    ('"$width", repeat', 3, ["width = 16"]),
    ('out_features = "$size"', 18, ["size"]),
    ('kind = "Adaptive"', 10, ["**Adaptive**", "s = spike(h - 1)"]),
    ("rate = 3.0", 1, ["rate = 2.0"]),
    ("[blocks.Cell]", 9, ["**Cell** block", "`size`, `tau`"]),
    ("readout =", 2, ["**readout**"]),
    ('"sequence"', 3, ["**sequence**"]),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / N).write_text(NAMES, "utf-8")
    return tmp_path


async def hover(editor: Editor, mark: str, inside: int) -> str:
    params = types.HoverParams(**editor.place(N, mark, inside))
    found = await editor.client.text_document_hover_async(params)
    if found is None:
        return ""
    assert isinstance(found.contents, types.MarkupContent)
    return found.contents.value


def test_a_hover_tells_what_stands_there(folder: Path) -> None:
    async def work(editor: Editor) -> None:
        await editor.open(N)
        for mark, inside, told in HOVERED:
            found = await hover(editor, mark, inside)
            assert [part for part in told if part not in found] == [], (mark, found)
        assert await hover(editor, "not $width", 2) == ""

    edit(folder, work)


def test_a_hover_tells_costs(folder: Path) -> None:
    async def work(editor: Editor) -> None:
        await editor.open(N)
        found = await hover(editor, 'name = "fc", out', 9)
        assert "**fc** `[17] → [10]`" in found
        assert "180 parameters" in found
        assert "680 MACs a sample" in found

    edit(folder, work)


def test_a_hover_tells_a_rule_in_a_comment(folder: Path) -> None:
    text = NAMES.replace("# of", "# snnc: ignore[fading-activity] of")

    async def work(editor: Editor) -> None:
        await editor.open(N, text)
        found = await hover(editor, "fading-activity", 3)
        assert found.startswith("**fading-activity** SNN411")

    edit(folder, work)


def test_hints_are_shapes_and_given_names(folder: Path) -> None:
    async def work(editor: Editor) -> None:
        await editor.open(N)
        end = types.Position(NAMES.count("\n"), 0)
        whole = types.Range(types.Position(0, 0), end)
        params = types.InlayHintParams(editor.document(N), whole)
        found = await editor.client.text_document_inlay_hint_async(params)
        lines = NAMES.split("\n")
        told = {lines[hint.position.line].strip(): hint.label for hint in found or ()}
        assert told['"Flatten",'] == "flatten1 → [64]"
        shapes = {line.partition(",")[0]: label for line, label in told.items()}
        assert shapes['{ kind = "Adaptive"'] == "→ [17]"
        assert shapes['{ kind = "Cell"'] in ("→ [16]", "cell2 → [17]")
        assert [*told.values()].count("→ [10]") == 2
        assert len(told) == 6  # in the block, shapes differ from use to use
        part = types.Range(editor.at(N, '"Flatten"'), editor.at(N, '"Flatten"', 9))
        params = types.InlayHintParams(editor.document(N), part)
        assert len(await editor.client.text_document_inlay_hint_async(params) or ()) == 1

    edit(folder, work)


def test_the_outline(folder: Path) -> None:
    async def work(editor: Editor) -> None:
        await editor.open(N)
        params = types.DocumentSymbolParams(editor.document(N))
        found = await editor.client.text_document_document_symbol_async(params)
        symbols = {s.name: s for s in found or () if isinstance(s, types.DocumentSymbol)}
        assert {"format", "vars", "blocks", "neurons", "network", "outputs"} <= {*symbols}
        layers = [child.name for child in symbols["network"].children or ()]
        assert layers == ["flatten1", "cells", "cell2", "mine", "fc", "answer"]
        (cell,) = symbols["blocks"].children or ()
        assert [child.name for child in cell.children or ()] == ["fc", "sn"]

        def check(symbol: types.DocumentSymbol) -> None:
            outer, inner = symbol.range, symbol.selection_range
            assert outer.start <= inner.start
            assert inner.end <= outer.end
            for child in symbol.children or ():
                assert outer.start <= child.range.start
                assert child.range.end <= outer.end
                check(child)

        for symbol in symbols.values():
            check(symbol)

    edit(folder, work)


async def actions(
    editor: Editor,
    name: str,
    where: types.Range,
    only: list[types.CodeActionKind | str] | None = None,
) -> list[types.CodeAction]:
    context = types.CodeActionContext(diagnostics=[], only=only)
    params = types.CodeActionParams(editor.document(name), where, context)
    found = await editor.client.text_document_code_action_async(params)
    return [each for each in found or () if isinstance(each, types.CodeAction)]


def applied(editor: Editor, name: str, action: types.CodeAction) -> str:
    assert action.edit
    (change,) = action.edit.document_changes or ()
    assert isinstance(change, types.TextDocumentEdit)
    assert change.text_document.uri == editor.uri(name)
    return edited(editor.texts[editor.uri(name)], change.edits)


def test_a_fix_is_an_action(folder: Path) -> None:
    wrong = SPEC.replace("kernel_size", "kernel_siz")

    async def work(editor: Editor) -> None:
        (found, *_) = await editor.open("net.snn.toml", wrong)
        (action, *_) = await actions(editor, "net.snn.toml", found.range)
        assert action.kind == types.CodeActionKind.QuickFix
        assert action.is_preferred
        assert action.diagnostics
        assert action.diagnostics[0].message == found.message
        assert applied(editor, "net.snn.toml", action) == SPEC
        elsewhere = types.Range(types.Position(0, 0), types.Position(0, 1))
        assert await actions(editor, "net.snn.toml", elsewhere) == []

    edit(folder, work)


def test_all_that_is_certain_is_fixed_at_once(folder: Path) -> None:
    wrong = SPEC.replace("kernel_size", "kernel_siz").replace('"LIF"', '"Lif"')

    async def work(editor: Editor) -> None:
        await editor.open("net.snn.toml", wrong)
        top = types.Range(types.Position(0, 0), types.Position(0, 0))
        only: list[types.CodeActionKind | str] = [types.CodeActionKind.SourceFixAll]
        (action,) = await actions(editor, "net.snn.toml", top, only)
        assert applied(editor, "net.snn.toml", action) == SPEC
        await editor.type("net.snn.toml", SPEC)
        assert await actions(editor, "net.snn.toml", top, only) == []

    edit(folder, work)


def test_line_ends_and_bytes_outside_of_an_edit_stay(folder: Path) -> None:
    wrong = SPEC.replace("kernel_size", "kernel_siz").replace(
        'name = "net"', 'name = "net" # \U0001f9e0'
    )
    wrong = wrong.replace("\n", "\r\n")

    async def work(editor: Editor) -> None:
        (found, *_) = await editor.open("net.snn.toml", wrong)
        (action, *_) = await actions(editor, "net.snn.toml", found.range)
        assert applied(editor, "net.snn.toml", action) == wrong.replace("_siz ", "_size ")

    edit(folder, work)


def test_a_rule_can_be_ignored_where_it_tells(folder: Path) -> None:
    unused = SPEC.replace("[input]", "[vars]\nspare = 3\n\n[input]")

    async def work(editor: Editor) -> None:
        (found,) = await editor.open("net.snn.toml", unused)
        every = await actions(editor, "net.snn.toml", found.range)
        ignore = next(each for each in every if each.title == "Ignore unused-variable here")
        assert not ignore.is_preferred
        text = applied(editor, "net.snn.toml", ignore)
        assert text == unused.replace("spare = 3", "spare = 3  # snnc: ignore[unused-variable]")
        assert await editor.type("net.snn.toml", text) == []

    edit(folder, work)


def test_a_fix_that_changes_the_network_asks_first(folder: Path) -> None:
    useless = SPEC.replace(
        '  { kind = "LIF" },', '  { kind = "Dropout", p = 0.0 },\n  { kind = "LIF" },'
    )

    async def work(editor: Editor) -> None:
        (found,) = await editor.open("net.snn.toml", useless)
        (delete, ignore) = await actions(editor, "net.snn.toml", found.range)
        assert not delete.is_preferred
        assert ignore.title == "Ignore useless-layer here"
        annotations = delete.edit.change_annotations if delete.edit else None
        assert [each.needs_confirmation for each in (annotations or {}).values()] == [True]
        assert applied(editor, "net.snn.toml", delete) == SPEC

    edit(folder, work)
