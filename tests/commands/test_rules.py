"""``snnc rules``: every lint rule as a line of a table, or as JSON."""

import json

import pytest

from snnc.commands.rules import listing
from snnc.rules import rules
from tests.support.cli import snnc


def test_a_table_has_a_line_for_every_rule() -> None:
    head, *lines = listing("table").splitlines()
    assert head.split() == ["code", "name", "severity", "runs", "fix", "finds"]
    assert [line.split()[:2] for line in lines] == [[rule.code, rule.name] for rule in rules()]
    (line,) = (line for line in lines if "exploding-surrogate" in line)
    assert line.split()[2:5] == ["warning", "always", "unsafe"]
    assert line.endswith("A surrogate gradient so steep that gradients explode through the reset.")
    (line,) = (line for line in lines if "graded-spikes" in line)
    assert " if selected " in line


def test_json_has_all_of_a_rule() -> None:
    found = {rule["name"]: rule for rule in json.loads(listing("json"))}
    assert [*found] == [rule.name for rule in rules()]
    rule = found["bias-before-norm"]
    assert (rule["code"], rule["severity"], rule["opt_in"]) == ("SNN433", "info", False)
    assert rule["fix"]["safety"] == "unsafe"
    assert rule["fix"]["says"].startswith("`bias = false`. ")
    assert "[network]" in rule["example"]
    assert "bias = false" in rule["instead"]
    assert rule["why"].count("\n") == 0
    assert rule["references"].startswith("- Ioffe and Szegedy")


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert snnc(capsys, "rules").out == listing("table")
    assert snnc(capsys, "rules", "--format", "json").out == listing("json")
    wrong = snnc(capsys, "rules", "--format", "yaml")
    assert (wrong.code, wrong.err) == (2, "snnc: --format must be one of table, json, not yaml\n")
