"""unnamed-weights: which layers a number names, and the fix that changes no key."""

from pathlib import Path

import pytest

import snnc
from snnc.analysis.tensors import tensors
from snnc.fixes import edited, fixes_of
from snnc.rules import lint
from snnc.rules.unnamed_weights import RULE
from snnc.source.diagnostic import Diagnostic

HEAD = 'format = 1\nname = "net"\ntime_steps = 4\n\n[input]\nshape = [4]\n'
BLOCK = """
[blocks.Cell]
layers = [
  { kind = "Linear", out_features = 4 },
  { kind = "LIF" },
]
"""
LAYERS = (
    '\n[network]\nlayers = [\n  { kind = "Linear", name = "fc", out_features = 4 },\n  %s,\n]\n'
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def found(text: str) -> list[Diagnostic]:
    Path("net.snn.toml").write_text(text, "utf-8")
    document = snnc.load("net.snn.toml")
    return [*lint(document, snnc.link(document), [RULE])]


def keys(text: str) -> set[str]:
    Path("net.snn.toml").write_text(text, "utf-8")
    nodes = snnc.link(snnc.load("net.snn.toml")).nodes
    return {f"{node.path}.{name}" for node in nodes for name in tensors(node)}


@pytest.mark.parametrize(
    ("layer", "named"),
    [
        ('{ kind = "LIF" }', []),
        ('"Flatten"', []),
        ('{ kind = "PLIF" }', ["plif1"]),
        ('{ kind = "BatchNorm1d" }', ["bn1"]),
        ('"BatchNorm1d"', ["bn1"]),
        ('{ kind = "BatchNorm1d", affine = false }', ["bn1"]),
        ('{ kind = "LIF", feedback = "Linear" }', ["lif1"]),
        ('{ kind = "LIF", name = "s", feedback = "Linear" }', []),
        ('{ kind = "Linear", out_features = 4, repeat = 3 }', ["fc2"]),
        ('{ kind = "Cell", name = "cell" }', ["cell.fc1"]),
        ('{ kind = "Cell" }', ["cell1", "cell1.fc1"]),
        ('{ kind = "Cell", name = "cells", repeat = 2 }', ["cells.0.fc1"]),
    ],
)
def test_what_a_number_names(layer: str, named: list[str]) -> None:
    text = HEAD + (BLOCK if "Cell" in layer else "") + LAYERS % layer
    assert [each.message.split("`")[1] for each in found(text)] == named


@pytest.mark.parametrize(
    "layer", ['"BatchNorm1d"', '{ kind = "Cell" }', '{ kind = "Cell", repeat = 2, name = "c" }']
)
def test_the_fix_names_it_as_it_is_called(layer: str) -> None:
    text = HEAD + (BLOCK if "Cell" in layer else "") + LAYERS % layer
    before = keys(text)
    while findings := found(text):
        (fix,) = fixes_of(findings[0])
        assert fix.safety == "safe"
        text = edited(text, fix.edits)
    assert keys(text) == before
