"""Lint rules: each finds its own example and nothing in what it says to write instead."""

from pathlib import Path

import pytest

import snnc
from snnc import formats
from snnc.rules import LintRule, defaults, lint, rules
from snnc.rules._text import EXAMPLE, FIX, HEADINGS, INSTEAD, WHY, sections

HEAD = 'format = 1\nname = "net"\ntime_steps = 4\n\n[input]\nshape = [4]\n'
DEAD = """
[network]
layers = [
  { kind = "Linear", name = "a", out_features = 4 },
  { kind = "Linear", name = "b", out_features = 4 },
  { kind = "LIF", from = "a" },
]
"""
SAID = "net.snn.toml:11:3: warning: SNN401 dead-layer `b` is never read: no output depends on it\n"

every = pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def said(text: str) -> str:
    Path("net.snn.toml").write_text(HEAD + text, "utf-8")
    return formats.render("concise", snnc.check("net.snn.toml"))


def whole(text: str) -> str:
    """A piece of a spec with what every spec needs."""
    head = HEAD.partition("[input]")[0] if "[input]" in text else HEAD
    return (head.replace("time_steps = 4\n", "") if text.startswith("time_steps") else head) + text


def found(rule: LintRule, text: str) -> set[str]:
    """The names of what all default rules and this one find."""
    Path("net.snn.toml").write_text(whole(text), "utf-8")
    document = snnc.load("net.snn.toml")
    findings = lint(document, snnc.link(document), {*defaults(), rule})
    return {finding.name for finding in findings}


def names(text: str) -> list[str]:
    return [line.split()[3] for line in said(text).splitlines()]


@every
def test_the_example_fires_this_rule_and_no_other(rule: LintRule) -> None:
    assert found(rule, rule.example) == {rule.name}


@every
def test_every_finding_says_what_to_do(rule: LintRule) -> None:
    Path("net.snn.toml").write_text(whole(rule.example), "utf-8")
    document = snnc.load("net.snn.toml")
    assert all(finding.help for finding in lint(document, snnc.link(document), [rule]))


@every
def test_what_to_write_instead_is_fine(rule: LintRule) -> None:
    assert found(rule, rule.instead) == set()


@every
def test_the_docstring_has_every_section(rule: LintRule) -> None:
    """References only where there are some; a fix begins with its safety."""
    found = sections(type(rule))
    assert [*found] == [heading for heading in ("", *HEADINGS) if heading in found]
    assert {*found} >= {"", WHY, EXAMPLE, INSTEAD, FIX}
    assert found[""].endswith(".")
    assert len(found[WHY]) > 20
    assert found[FIX].startswith(("None: ", "Safe: ", "Unsafe: "))
    assert rule.severity in ("warning", "info")


def test_codes_and_names_are_unique() -> None:
    assert len({rule.code for rule in rules()}) == len(rules())
    assert len({rule.name for rule in rules()}) == len(rules())


def test_a_finding() -> None:
    assert said(DEAD) == SAID


@pytest.mark.parametrize("name", ["dead-layer", "SNN401"])
def test_a_comment_on_the_line_answers_it(name: str) -> None:
    line = '  { kind = "Linear", name = "b", out_features = 4 },'
    assert said(DEAD.replace(line, f"{line}  # snnc: ignore[{name}]")) == ""
    assert said(DEAD.replace(line, f"  # snnc: ignore[{name}]\n{line}")) == ""
    assert said(DEAD + f"# snnc: file-ignore[{name}]\n") == ""


def test_a_comment_elsewhere_does_not() -> None:
    text = DEAD.replace("[network]", "[network]  # snnc: ignore[dead-layer]")
    assert names(text) == ["unused-ignore", "dead-layer"]


def test_a_comment_that_answers_nothing_is_reported() -> None:
    text = f"{DEAD}# snnc: file-ignore[no-neuron]\n"
    unused = "net.snn.toml:14:21: warning: SNN004 unused-ignore `no-neuron` ignores nothing here\n"
    assert said(text) == SAID + unused


def test_a_blanket_ignore_is_an_error() -> None:
    assert names(DEAD + "# snnc: ignore\n") == ["dead-layer", "blanket-ignore"]


def test_errors_cannot_be_ignored() -> None:
    text = '[network]\nlayers = ["LIFF"]  # snnc: ignore[unknown-kind]\n'
    assert names(text) == ["unknown-kind"]


def test_parameters_that_equations_read() -> None:
    """A surrogate's are checked too; a reset reads its own, and there may be none."""
    neuron = """
[neurons.Mine]
parameters = { v_threshold = 0.5, v_reset = 0.1 }
state = { v = 0.0 }
step = "v = reset(v + x, spike(v + x - 1))"
output = "v"
[neurons.Gate]
inputs = ["a", "b"]
step = "y = a * b"
output = "y"
[surrogates.Bump]
parameters = { width = 1.0, height = 2.0 }
gradient = "exp(-abs(u) / width)"
[network]
layers = [
  { kind = "Mine", name = "a", surrogate = "Bump" },
  { kind = "Gate", from = ["a", "input"] },
]
"""
    message = "`height`: no equation of Bump uses this parameter"
    assert said(neuron) == f"net.snn.toml:18:29: warning: SNN407 unused-parameter {message}\n"
