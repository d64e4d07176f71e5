"""Definition, references and rename, over the real protocol."""

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.lsp.editor import Editor, edit, edited
from tests.lsp.specs import NAMES

N = "names.snn.toml"
DEFINITIONS = [  # a use, how far inside the name begins, the definition
    ('out_features = "$size"', 17, '"size"]'),
    ('tau = "$tau"', 8, "tau = 2.0"),
    ('from = "data"', 8, '"data"]'),
    ('from = "fc"', 8, '"fc", from = "data"'),
    ('"cells.1.sn"', 1, '"cells", size'),
    ('"cells.1.sn"', 9, '"sn", tau'),
    ('"cell2@-1"', 2, '"Cell", size = "${width'),
    ('{ kind = "Cell", name', 11, "Cell]"),
    ("Cell = { tau = 3.0", 1, "Cell]"),
    ("{ tau = 3.0", 3, "tau = 2.0"),
    ('kind = "Adaptive"', 9, "Adaptive]"),
    ("rate = 3.0", 1, "rate = 2.0"),
    ("{ w = 0.5", 2, "w = 0.0 }"),
    ("w) / rate", 7, "rate = 2.0"),
    ("v - w)", 4, "w = 0.0 }"),
    ("spike(h - 1)", 6, "h = v +"),
    ('output = "s"', 10, "s = spike"),
    ('"${width / 2}"', 3, "width = 16"),
    ('"$width", repeat', 2, "width = 16"),
    ('from = "answer"', 9, '"answer" }'),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / N).write_text(NAMES, "utf-8")
    return tmp_path


async def define(editor: Editor, name: str, mark: str, inside: int) -> list[types.Location]:
    params = types.DefinitionParams(**editor.place(name, mark, inside))
    found = await editor.client.text_document_definition_async(params)
    assert isinstance(found, list)
    return [each for each in found if isinstance(each, types.Location)]


async def rename(editor: Editor, name: str, mark: str, inside: int, new: str) -> Any:
    params = types.RenameParams(**editor.place(name, mark, inside), new_name=new)
    return await editor.client.text_document_rename_async(params)


def changed(editor: Editor, found: Any) -> dict[str, str]:
    """The texts of files after an edit of the workspace."""
    result = {}
    for change in found.document_changes:
        path = Path(change.text_document.uri.removeprefix("file://"))
        text = editor.texts.get(change.text_document.uri) or path.read_text("utf-8")
        result[path.relative_to(editor.folder).as_posix()] = edited(text, change.edits)
    return result


def test_the_spec_of_these_tests_has_no_error(folder: Path) -> None:
    async def work(editor: Editor) -> None:
        found = await editor.open(N)
        assert {each.code for each in found} == {"fading-activity", "silent-neuron"}

    edit(folder, work)


def test_every_name_leads_to_its_definition(folder: Path) -> None:
    async def work(editor: Editor) -> None:
        await editor.open(N)
        for mark, inside, definition in DEFINITIONS:
            (found,) = await define(editor, N, mark, inside)
            start = definition.startswith('"')
            assert found.range.start == editor.at(N, definition, int(start)), mark
        assert await define(editor, N, "format", 1) == []
        assert await define(editor, N, "not $width", 6) == []

    edit(folder, work)


def test_references_are_all_uses(folder: Path) -> None:
    async def work(editor: Editor) -> None:
        await editor.open(N)
        for defining, count in ((True, 4), (False, 3)):
            context = types.ReferenceContext(include_declaration=defining)
            params = types.ReferenceParams(**editor.place(N, "width = 16", 1), context=context)
            found = await editor.client.text_document_references_async(params)
            assert len(found or ()) == count
        shown = types.DocumentHighlightParams(**editor.place(N, '"mine", rate', 1))
        marked = await editor.client.text_document_document_highlight_async(shown)
        assert len(marked or ()) == 3

    edit(folder, work)


RENAMED = [
    ('"cells", size', 1, "stage", [('"cells"', '"stage"'), ('"cells.1', '"stage.1')]),
    (
        '"sn", tau',
        1,
        "spikes",
        [('"sn"', '"spikes"'), ("cells.1.sn", "cells.1.spikes")],
    ),
    (
        '"cell2@-1"',
        1,
        "third",
        [
            ('"Cell", size = "${width', '"Cell", name = "third", size = "${width'),
            ('"cell2@-1"', '"third@-1"'),
        ],
    ),
    ("Flatten", 1, "flat", [('"Flatten"', '{ kind = "Flatten", name = "flat" }')]),
    (
        "rate = 2.0",
        0,
        "slow",
        [("rate = 2.0", "slow = 2.0"), ("/ rate", "/ slow"), ("rate = 3.0", "slow = 3.0")],
    ),
    (
        "w = 0.0 }",
        0,
        "slow",
        [
            ("w = 0.0 }", "slow = 0.0 }"),
            ("- w)", "- slow)"),
            ("w = w +", "slow = slow +"),
            ("{ w = 0.5", "{ slow = 0.5"),
        ],
    ),
    ("[outputs.label]", 10, "klass", [("outputs.label", "outputs.klass")]),
    (
        '"$width", repeat',
        3,
        "wide",
        [
            ("width = 16", "wide = 16"),
            ("{width / 2", "{wide / 2"),
            ('"$width", repeat', '"$wide", repeat'),
            ("{width + 1", "{wide + 1"),
        ],
    ),
]


def test_a_rename_changes_every_use_and_no_other_byte(folder: Path) -> None:
    async def work(editor: Editor) -> None:
        await editor.open(N)
        for mark, inside, new, expected in RENAMED:
            found = await rename(editor, N, mark, inside, new)
            text = NAMES
            for old, written in expected:
                text = text.replace(old, written)
            assert changed(editor, found) == {N: text}, new

    edit(folder, work)


def test_a_rename_of_what_has_weights_asks_first(folder: Path) -> None:
    async def work(editor: Editor) -> None:
        await editor.open(N)
        found = await rename(editor, N, 'name = "fc", out', 9, "head")
        (told,) = found.change_annotations.values()
        assert told.needs_confirmation
        assert told.description == "keys of checkpoints are renamed: fc.bias, fc.weight"
        assert all(e.annotation_id for c in found.document_changes for e in c.edits)
        quiet = await rename(editor, N, '"answer" }', 1, "last")
        assert quiet.change_annotations is None or "answer" in str(quiet.change_annotations)

    edit(folder, work)


def test_a_client_without_annotations_is_told_beside(folder: Path) -> None:
    async def work(editor: Editor) -> None:
        await editor.open(N)
        found = await rename(editor, N, 'name = "fc", out', 9, "head")
        (edits,) = found.changes.values()
        assert [each.new_text for each in edits] == ["head"]
        told = await editor.until(lambda: editor.messages or None)
        assert told == ["keys of checkpoints are renamed: fc.bias, fc.weight"]

    edit(folder, work, types.ClientCapabilities())


@pytest.mark.parametrize(
    ("new", "says"),
    [
        ("mine", "names.snn.toml would be wrong: `mine` is taken"),
        ("a-b", "`a-b` is not a name"),
        ("forward", "`forward` is taken"),
        ("fc", "it is called `fc` already"),
    ],
)
def test_a_name_that_cannot_be_is_refused(folder: Path, new: str, says: str) -> None:
    async def work(editor: Editor) -> None:
        await editor.open(N)
        with pytest.raises(JsonRpcException, match=says):
            await rename(editor, N, 'name = "fc", out', 9, new)

    edit(folder, work)


def test_what_the_language_names_stays(folder: Path) -> None:
    async def work(editor: Editor) -> None:
        await editor.open(N)
        for mark in ('kind = "Linear", name = "fc", from', "time_steps"):
            params = types.PrepareRenameParams(**editor.place(N, mark, 1))
            with pytest.raises(JsonRpcException, match="no name stands here"):
                await editor.client.text_document_prepare_rename_async(params)
        params = types.PrepareRenameParams(**editor.place(N, '"mine", rate', 3))
        found = await editor.client.text_document_prepare_rename_async(params)
        assert isinstance(found, types.Range)
        assert found.start == editor.at(N, '"mine", rate', 1)

    edit(folder, work)


def test_a_rename_reaches_bases_and_what_extends_them(folder: Path) -> None:
    base = NAMES.replace('name = "names"', 'name = "base"')
    (folder / "base.snn.toml").write_text(base, "utf-8")
    (folder / "deep").mkdir()
    for name in ("a", "b"):
        patch = '[network.patch.fc]\nbias = false\n\n[outputs.extra]\nfrom = "fc"\n'
        text = f'extends = "../base.snn.toml"\nname = "{name}"\n\n{patch}'
        (folder / f"deep/{name}.snn.toml").write_text(text, "utf-8")
    other = 'extends = "base.snn.toml"\nname = "other"\n[network]\nlayers = [\n  "Flatten",\n'
    other += '  { kind = "Adaptive", name = "mine" },\n  { kind = "Linear", name = "fc", '
    other += 'out_features = 3 },\n  { kind = "LIF", name = "answer" },\n]\n'
    (folder / "other.snn.toml").write_text(other, "utf-8")

    async def work(editor: Editor) -> None:
        await editor.open("deep/a.snn.toml")
        (found,) = await define(editor, "deep/a.snn.toml", "patch.fc]", 6)
        assert found.uri == editor.uri("base.snn.toml")
        made = await rename(editor, "deep/a.snn.toml", 'from = "fc"', 8, "head")
        texts = changed(editor, made)
        assert {*texts} == {"base.snn.toml", "deep/a.snn.toml", "deep/b.snn.toml"}
        assert texts["base.snn.toml"] == base.replace('"fc", out', '"head", out')
        assert texts["deep/b.snn.toml"].count("head") == 2
        assert "fc" not in texts["deep/b.snn.toml"]

    edit(folder, work)


def test_the_name_of_a_base_leads_to_its_file(folder: Path) -> None:
    async def work(editor: Editor) -> None:
        text = f'extends = "{N}"\nname = "above"\n'
        await editor.open("above.snn.toml", text)
        (found,) = await define(editor, "above.snn.toml", f'"{N}"', 4)
        assert found.uri == editor.uri(N)

    edit(folder, work)
