"""``snnc explain``: everything that has a name or a code is explained, in one place."""

import re
from pathlib import Path

import pytest

import snnc
from snnc.codes import ErrorCode, errors
from snnc.commands.explain import SORTS, explain, topics
from snnc.describe import describe
from snnc.kinds import Kind, catalog
from snnc.rules import rules
from tests.support.cli import snnc as run

SOURCES = Path(snnc.__file__).parent
RAISED = re.compile(r'"(SNN\d{3})",\s*"(?!SNN)([\w-]+)"')
ALL = [(folder, name) for folder in SORTS for name in catalog(f"snnc.{folder}")]

LIF = """\
LIF: neuron

Leaky integrate-and-fire: the potential decays to its resting value.
"""


def sources() -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted(SOURCES.rglob("*.py")))


@pytest.mark.parametrize(("folder", "name"), ALL, ids=[f"{f}-{n}" for f, n in ALL])
def test_a_kind(folder: str, name: str) -> None:
    kind: type[Kind] = catalog(f"snnc.{folder}")[name]
    said = describe(kind)
    text = explain(name)
    assert said.doc.splitlines()[0].replace("``", "`") in text
    assert all(row.key in text for row in said.fields)
    assert all(len(row.type) > 2 for row in said.fields)
    assert max(map(len, text.splitlines())) <= 120


def test_a_neuron(capsys: pytest.CaptureFixture[str]) -> None:
    ran = run(capsys, "explain", "LIF")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(LIF)
    assert "    s = spike(h - v_threshold)\n" in ran.out
    assert re.search(r"^    tau +number > 1 or Value +2\.0$", ran.out, re.MULTILINE)
    assert "It has a state and runs the time steps in order." in ran.out


def test_a_field_that_changes_how_a_layer_behaves() -> None:
    text = explain("Dropout")
    plain = " ".join(text.split())
    assert 'With `mask = "step"`, it treats each time step on its own and draws random' in plain
    assert re.search(r"^    p +number ≥ 0, < 1 +0\.5$", text, re.MULTILINE)


@pytest.mark.parametrize("name", ["SNN401", "dead-layer"])
def test_a_rule_by_code_and_by_name(name: str) -> None:
    text = explain(name)
    title = "SNN401 dead-layer: lint rule (warning)"
    assert text.startswith(f"{title}\n\nA layer whose value no output depends")
    assert "\n\nUse instead\n\n    [network]\n" in text
    assert '{ kind = "Add", from = ["a", "b"] }' in text
    assert "`from`" in text
    assert "```" not in text


@pytest.mark.parametrize("name", ["SNN204", "bad-value"])
def test_an_error_by_code_and_by_name(name: str) -> None:
    text = explain(name)
    assert "error[SNN204] bad-value: `tau` must be greater than 1, not 0.5" in text
    shown = text[text.index("    format") :].splitlines()
    number, _, line = next(line for line in shown if "| layers" in line).partition(" | ")
    assert shown[int(number) - 1].strip() == line  # it counts the lines that are shown


def test_a_name_that_means_two_things_is_explained_twice() -> None:
    text = explain("unknown-kind")
    assert "SNN105 unknown-kind: error" in text
    assert "SNN202 unknown-kind: error" in text


@pytest.mark.parametrize(
    ("name", "hint"),
    [("lif", "LIF"), ("SNN2044", "SNN204"), ("deadlayer", "dead-layer"), ("Conv2", "Conv2d")],
)
def test_an_unknown_name(capsys: pytest.CaptureFixture[str], name: str, hint: str) -> None:
    said = f"snnc: there is no kind, rule or code {name}: did you mean {hint}?\n"
    ran = run(capsys, "explain", name)
    assert (ran.code, ran.out, ran.err) == (2, "", said)


def test_every_error_that_is_raised_is_explained() -> None:
    raised = {pair for pair in RAISED.findall(sources()) if not "SNN400" < pair[0] < "SNN500"}
    assert raised == {(error.code, error.name) for error in errors()}


def test_codes_are_used_once() -> None:
    codes = [*(error.code for error in errors()), *(rule.code for rule in rules())]
    assert len(set(codes)) == len(codes)
    assert all(error.path.name == f"{error.code}.toml" for error in errors())


@pytest.mark.parametrize("error", errors(), ids=lambda error: error.code)
def test_the_example_has_the_error_and_no_other(error: ErrorCode) -> None:
    findings = snnc.check(error.path) if error.example else ()
    assert {(f.code, f.name) for f in findings} == {(error.code, error.name)} or not error.example
    assert len(error.doc) > 40


def test_errors_without_a_spec_say_what_to_do() -> None:
    without = [error for error in errors() if not error.example]
    stale = {f"SNN5{number:02}" for number in range(1, 12)}
    assert {error.code for error in without} == {
        "SNN002",
        "SNN005",
        "SNN102",
        "SNN109",
        "SNN209",
    } | stale
    assert all("\n    " in error.doc for error in without)


def test_every_name_can_be_explained() -> None:
    assert all(explain(name) for name in topics())
