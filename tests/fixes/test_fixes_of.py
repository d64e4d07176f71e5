"""Advice as edits: each form of advice, in a text of its own."""

from pathlib import Path

import pytest

import snnc
from snnc.fixes import SETTINGS, edited, fixes_of
from snnc.source.diagnostic import Diagnostic, Edit, Fix, Place, Span

SPEC = """format = 1
name = "net"
time_steps = 4

[input]
shape = [1, 8, 8]

[network]
layers = [
  { kind = "Conv2d", out_channels = 4, kernel_size = 3, bias = false },
  "BatchNorm2d",
  "IF",
  "Flatten",
  { kind = "Linear", out_features = 10 },
]

[output]
readout = "mean"
"""
CHANGES = {
    "key": ("out_features", "out_feature", None),
    "key of a header": ("[output]", "[outptu]", None),
    "kind": ('"BatchNorm2d"', '"BatchNorm2"', None),
    "kind in single quotes": ('"BatchNorm2d"', "'BatchNorm2'", "'BatchNorm2d'"),
    "kind by another key": ('{ kind = "Linear"', '{ type = "Linear"', None),
    "unquoted": ('"mean"', "mean", None),
    "number in quotes": ("out_features = 10", 'out_features = "10"', None),
    "call": (
        '{ kind = "Linear", out_features = 10 }',
        '"Linear(8, 10)"',
        '{ kind = "Linear", out_features = 10 }',
    ),
    "format": ("format = 1\n", "", None),
    "format of another number": ("format = 1\n", "format = 0\n", None),
    "last comma": ("out_features = 10 }", "out_features = 10, }", None),
    "missing comma": ('"IF",', '"IF"', None),
    "missing comma of a table": ("out_channels = 4,", "out_channels = 4", None),
    "open brace": ("out_features = 10 },", "out_features = 10,", "out_features = 10 },"),
    "semicolon": ("time_steps = 4", "time_steps = 4;", None),
    "True": ("bias = false", "bias = False", None),
    "colon": ("time_steps = 4", "time_steps: 4", None),
    "shape": ("[1, 8, 8]", "[8, 8]", None),
    "key that must go": ("out_features = 10", "in_features = 7, out_features = 10", None),
    "last key that must go": (
        "out_features = 10 }", "out_features = 10, in_features = 7 }", "out_features = 10 }",
    ),
    "lines of a table": (
        '{ kind = "Linear", out_features = 10 }',
        '{\n    kind = "Linear",\n    out_features = 10,\n  }',
        '{ kind = "Linear", out_features = 10 }',
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def findings(text: str) -> tuple[Diagnostic, ...]:
    Path("net.snn.toml").write_text(text, "utf-8")
    return snnc.check("net.snn.toml")


def the_fix(text: str, name: str = "") -> Fix:
    named = [found for found in findings(text) if found.name == name or not name]
    return next(fix for found in named for fix in fixes_of(found))


def test_the_spec_is_clean() -> None:
    assert findings(SPEC) == ()


@pytest.mark.parametrize(("right", "wrong", "fixed"), CHANGES.values(), ids=CHANGES)
def test_advice_is_a_fix(right: str, wrong: str, fixed: str | None) -> None:
    text = SPEC.replace(right, wrong, 1)
    fix = the_fix(text)
    assert fix.safety == "safe"
    assert fix.path == "net.snn.toml"
    assert edited(text, fix.edits) == SPEC.replace(right, right if fixed is None else fixed, 1)


def test_a_guess_of_a_number_is_not_safe() -> None:
    text = SPEC.replace('"IF"', '{ kind = "LIF", tau = 0.5 }')
    fix = the_fix(text)
    assert (fix.safety, fix.warning) == ("unsafe", "the number is a guess")
    assert edited(text, fix.edits) == text.replace("tau = 0.5", "tau = 2.0")


def test_advice_of_a_rule_is_not_safe() -> None:
    text = SPEC.replace(", bias = false", "")
    fix = the_fix(text, "bias-before-norm")
    assert fix.safety == "unsafe"
    assert edited(text, fix.edits) == SPEC


def test_a_guess_of_a_file_is_not_safe() -> None:
    Path("base.snn.toml").write_text(SPEC, "utf-8")
    text = 'extends = "bse.snn.toml"\nname = "net"\n'
    fix = the_fix(text)
    assert fix.safety == "unsafe"
    assert edited(text, fix.edits) == text.replace("bse", "base")


UNUSED = {
    "variable": ("[vars]\na = 1 # one\nb = 2\n\n", "[vars]\nb = 2\n\n"),
    "variables of a line": ("[vars]\ntable = { a = 1 }\n\n", "[vars]\n\n"),
    "block": ('[blocks.A]\nlayers = ["IF"]\n\n[defaults]\n', "\n[defaults]\n"),
    "block of layers": ('[[blocks.A.layers]]\nkind = "IF"\n\n[defaults]\n', "\n[defaults]\n"),
    "default": ("[defaults]\nIF = { v_reset = 0.5 }\nLIF = { tau = 3.0 }\n", None),
}


@pytest.mark.parametrize(("before", "after"), UNUSED.values(), ids=UNUSED)
def test_unused_definitions_are_deleted(before: str, after: str | None) -> None:
    text = SPEC.replace("[network]", f"{before}[network]")
    fix = next(fix for found in findings(text) for fix in fixes_of(found))
    wanted = before.replace("LIF = { tau = 3.0 }\n", "") if after is None else after
    assert edited(text, fix.edits) == SPEC.replace("[network]", f"{wanted}[network]")
    assert fix.safety == "safe"


def test_an_unused_comment_goes() -> None:
    text = SPEC.replace("time_steps = 4", "time_steps = 4  # snnc: ignore[dead-layer]")
    assert edited(text, the_fix(text).edits) == SPEC


@pytest.mark.parametrize("names", ["no-neuron, dead-layer", "dead-layer, no-neuron"])
def test_one_unused_name_of_a_comment_goes(names: str) -> None:
    text = SPEC.replace('  "IF",\n', "").replace(
        "[network]", f"# snnc: file-ignore[{names}]\n[network]"
    )
    found = [finding for finding in findings(text) if "dead-layer" in finding.message]
    fix = fixes_of(found[0])[0]
    assert edited(text, fix.edits) == text.replace(names, "no-neuron")


def test_a_comment_on_a_line_of_its_own_takes_the_line_with_it() -> None:
    text = SPEC.replace("time_steps", "# snnc: ignore[dead-layer]\ntime_steps")
    assert edited(text, the_fix(text).edits) == SPEC


def test_what_a_comment_says_beside_stays() -> None:
    text = SPEC.replace("time_steps = 4", "time_steps = 4  # snnc: ignore[dead-layer] because")
    assert not [fix for found in findings(text) for fix in fixes_of(found)]


def test_a_setting_of_the_command_line_has_no_fix() -> None:
    place = Place(SETTINGS, "time_step=4", Span(0, 9))
    told = Diagnostic("SNN201", "unknown-key", "unknown key", place, "did you mean `time_steps`?")
    assert fixes_of(told) == ()
    fix = Fix("Write it", (Edit(place, "time_steps"),))
    assert fixes_of(Diagnostic("SNN201", "unknown-key", "", place, fixes=(fix,))) == ()


def test_advice_that_is_cut_is_no_fix() -> None:
    place = Place("net.snn.toml", SPEC, Span(0, 6))
    told = Diagnostic("SNN201", "unknown-key", "unknown key", place, "did you mean `form…`?")
    assert fixes_of(told) == ()


@pytest.mark.parametrize("place", ["a table\nof lines", "{ a = 1 }", "[1, 2]"])
def test_a_word_is_not_written_for_a_table(place: str) -> None:
    told = Diagnostic(
        "SNN201", "unknown-key", "m", Place("x", place, Span(0, len(place))), "did you mean `b`?"
    )
    assert fixes_of(told) == ()
