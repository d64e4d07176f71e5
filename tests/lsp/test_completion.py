"""Completion in texts that are half typed, over the real protocol."""

from pathlib import Path

import pytest
from lsprotocol import types

from tests.lsp.editor import Editor, edit, edited
from tests.lsp.specs import NAMES

N = "names.snn.toml"
AT = "\u2588"
"""The cursor in the texts of these tests."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / N).write_text(NAMES, "utf-8")
    return tmp_path


async def complete(
    editor: Editor, old: str, new: str
) -> tuple[dict[str, types.CompletionItem], str]:
    """The items where ``new`` is typed for ``old``, by label, and the text."""
    typed = NAMES.replace(old, new, 1)
    assert typed.count(AT) == 1
    before = typed[: typed.index(AT)]
    text = typed.replace(AT, "")
    editor.change(N, text)
    line = before.rpartition("\n")[2]
    position = types.Position(before.count("\n"), len(line.encode("utf-16-le")) // 2)
    params = types.CompletionParams(editor.document(N), position)
    found = await editor.client.text_document_completion_async(params)
    assert isinstance(found, types.CompletionList)
    return {item.label: item for item in found.items}, text


FC = '{ kind = "Linear", name = "fc", out_features = 10, from = "mine" }'
COMPLETED = [  # text, what is typed in its place, items that are there, items that are not
    (FC, '{ kind = "Linear", █', {"name", "out_features", "bias", "from", "when"}, {"kind", "tau"}),
    (FC, '{ kind = "Linear", bi█', {"bias"}, {"kind"}),
    (FC, '{ kind = "█', {"Linear", "LIF", "Cell", "Adaptive"}, {"Adam", "Basic"}),
    (FC, "{ kind = █ }", {"Linear", "Cell"}, {"mean"}),
    (FC, "█", {"Linear", "Flatten", "Adaptive"}, {"mean"}),
    (FC, '{ kind = "Cell", █ }', {"size", "tau", "repeat"}, {"bias", "out_features"}),
    (FC, '{ kind = "Adaptive", █ }', {"rate", "b", "surrogate"}, {"tau", "size"}),
    (FC, '{ kind = "Cell", repeat = 2, first = { █ } }', {"size", "tau"}, {"bias", "rate"}),
    (FC, '{ kind = "LIF", repeat = 2, first = { █ } }', {"tau", "surrogate"}, {"bias", "size"}),
    ("Cell = { tau = 3.0", "Cell = { █", {"size", "tau"}, {"rate"}),
    ("Cell = { tau = 3.0 }", "Conv2d = { █ }", {"bias", "kernel_size"}, {"tau", "rate"}),
    (FC, '{ kind = "LIF", surrogate = "█" }', {"ATan", "Rect"}, {"LIF"}),
    (FC, '{ kind = "LIF", surrogate = { kind = "ATan", █ } }', {"alpha"}, {"tau", "slope"}),
    (FC, '{ kind = "LIF", detach_reset = █ }', {"true", "false"}, {"ATan"}),
    (FC, '{ kind = "LIF", reset = "█" }', {"hard", "soft"}, {"ATan"}),
    (
        FC,
        '{ kind = "Add", from = ["█"',
        {"input", "flatten1", "cells", "mine", "cell2", "answer@-1"},
        {"answer", "Cell"},
    ),
    (FC, '{ kind = "Linear", out_features = "$█" }', {"$width", "$half"}, {"$size"}),
    (FC, '{ kind = "Linear", out_features = "${wi█" }', {"width", "half"}, {"size"}),
    ('out_features = "$size" },', 'out_features = "$█" },', {"$size", "$width"}, {"$rate"}),
    ('from = "data", out', 'from = "█", out', {"data"}, {"mine", "input"}),
    ("s = spike(h - 1)", "s = spike(█", {"h", "v", "w", "x", "rate", "exp("}, {"width", "mine"}),
    ("time_steps = 4", "█", {"time_steps", "extends", "abstract"}, {"name", "layers"}),
    ("[vars]", "[█", {"network", "train", "blocks", "vars"}, {"format"}),
    ("[vars]", "[train]\nlo█\n\n[vars]", {"loss", "losses", "optimizer"}, {"tau"}),
    ("[vars]", "[train]\nloss = █\n\n[vars]", {"cross_entropy", "mse"}, {"Adam"}),
    ("[vars]", '[train]\noptimizer = { kind = "SGD", █ }\n\n[vars]', {"lr", "momentum"}, {"kind"}),
    ("[vars]", "[train.losses]\n█\n\n[vars]", {"label", "trace"}, {"mean"}),
    (
        "[vars]",
        '[train]\npenalties = [{ kind = "firing_rate", of = "█" }]\n[vars]',
        {"mine"},
        set(),
    ),
    ('from = "mine"\nreadout', 'from = "█"\nreadout', {"answer", "cells"}, set()),
    ("[vars]", 'extends = "█"\n[vars]', {"other.snn.toml"}, {N}),
    ("[vars]", "[network.patch.█]\n[vars]", {"mine", "fc", "flatten1"}, {"size"}),
    ("# of", "# snnc: ignore[fad█ of", {"fading-activity"}, {"width"}),
    ("# of", "# █ of", set(), {"fading-activity", "width"}),
]


def test_items(folder: Path) -> None:
    (folder / "other.snn.toml").write_text(NAMES, "utf-8")

    async def work(editor: Editor) -> None:
        await editor.open(N)
        for old, new, there, absent in COMPLETED:
            found, _ = await complete(editor, old, new)
            assert there <= {*found}, (new, there - {*found})
            assert not absent & {*found}, (new, absent & {*found})

    edit(folder, work)


WRITTEN = [
    (FC, '{ kind = "Linear", out_f█', "out_features", "out_features = "),
    (FC, '{ kind = "Linear", out█ = 3 }', "out_features", "out_features"),
    (FC, "{ kind = Lin█ }", "Linear", '"Linear"'),
    (FC, '{ kind = "Lin█ear" }', "LIF", "LIF"),
    (FC, "Lin█", "Linear", '{ kind = "Linear", out_features = 10, bias = false }'),
    (FC, '{ kind = "Linear", out_features = wi█ }', "$width", '"$width"'),
    (FC, '{ kind = "Linear", out_features = "$█" }', "$width", "$width"),
    (FC, '{ kind = "Add", from = mi█ }', "mine", '"mine"'),
]


def test_what_is_written_replaces_the_word_and_its_quotes(folder: Path) -> None:
    async def work(editor: Editor) -> None:
        await editor.open(N)
        for old, new, label, written in WRITTEN:
            found, text = await complete(editor, old, new)
            made = edited(text, [found[label].text_edit])
            start = NAMES.index(old)
            head, word = text[:start], new.replace("█", "")
            assert made.startswith(head)
            begun = new.partition("█")[0].rstrip("abcdefghijklmnopqrstuvwxyzLI_$")
            assert made[start:].startswith(begun + written), (made[start : start + 60], word)

    edit(folder, work)


def test_every_cursor_of_a_text_is_answered(folder: Path) -> None:
    """Nowhere is an internal error, also where the text ends at the cursor."""

    async def work(editor: Editor) -> None:
        await editor.open(N)
        for end in range(0, len(NAMES), 29):
            for rest in ("", NAMES[end + 3 :]):
                text = NAMES[:end] + rest
                editor.change(N, text)
                before = text[:end]
                line = before.rpartition("\n")[2]
                units = len(line.encode("utf-16-le")) // 2
                position = types.Position(before.count("\n"), units)
                document = editor.document(N)
                params = types.CompletionParams(document, position)
                await editor.client.text_document_completion_async(params)
                hover = types.HoverParams(document, position)
                await editor.client.text_document_hover_async(hover)
                define = types.DefinitionParams(document, position)
                await editor.client.text_document_definition_async(define)
                symbols = types.DocumentSymbolParams(document)
                await editor.client.text_document_document_symbol_async(symbols)

    edit(folder, work)
