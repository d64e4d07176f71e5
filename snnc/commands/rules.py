"""``snnc rules``: every lint rule, with its severity and whether a fix exists."""

import json
from collections.abc import Sequence

from snnc.rules import LintRule, rules
from snnc.rules._text import FIX, REFERENCES, WHY, sections

FORMATS = ("table", "json")
_HEAD = ("code", "name", "severity", "runs", "fix", "finds")


def listing(format: str) -> str:
    """Every rule, by code: a line each, or all that is known of it as JSON."""
    return _json() if format == "json" else _table([_HEAD, *map(_row, rules())])


def _row(rule: LintRule) -> tuple[str, ...]:
    said = sections(type(rule))
    finds = _plain(said.get("", ""))
    return rule.code, rule.name, rule.severity, _runs(rule), _fix(rule), finds


def _runs(rule: LintRule) -> str:
    return "if selected" if rule.opt_in else "always"


def _fix(rule: LintRule) -> str:
    """The safety of its fix: none, safe or unsafe; "" where docstrings are not there."""
    return sections(type(rule)).get(FIX, "").partition(":")[0].lower()


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(f"{cell:{w}}" for cell, w in zip(row, wide, strict=True)) for row in rows)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _json() -> str:
    return json.dumps([_object(rule) for rule in rules()], indent=2, ensure_ascii=False) + "\n"


def _object(rule: LintRule) -> dict[str, object]:
    said = sections(type(rule))
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity,
        "opt_in": rule.opt_in,
        "finds": _plain(said.get("", "")),
        "why": _plain(said.get(WHY, "")),
        "example": rule.example,
        "instead": rule.instead,
        "fix": {"safety": _fix(rule), "says": _plain(said.get(FIX, "").partition(": ")[2])},
        "references": _plain(said.get(REFERENCES, "")),
    }


def _plain(text: str) -> str:
    """One line of Markdown."""
    return " ".join(text.replace("``", "`").split())
