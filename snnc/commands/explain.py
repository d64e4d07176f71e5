"""``snnc explain``: texts on every kind, lint rule and error code by its name."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from textwrap import fill, indent

import snnc
from snnc.codes import ErrorCode, errors
from snnc.describe import Description, FieldRow, describe
from snnc.docstrings import docstring
from snnc.formats import full
from snnc.kinds import Kind, catalog
from snnc.number import Value
from snnc.rules import LintRule, rules
from snnc.rules._text import sections
from snnc.source.diagnostic import Diagnostic, Place, Span

SORTS = {
    "layers": "layer",
    "neurons": "neuron",
    "surrogates": "surrogate gradient",
    "initializers": "initialiser",
    "encoders": "encoder",
    "readouts": "readout",
    "losses": "loss",
    "penalties": "penalty",
    "metrics": "metric",
    "datasets": "dataset",
    "augmentations": "augmentation",
    "optimizers": "optimizer",
    "schedulers": "scheduler",
    "threshold_rules": "threshold rule",
}
"""The folders of kinds, and the word for a kind of each folder."""


def explain(name: str) -> str:
    """The text on everything of this name. Raises KeyError."""
    found = topics()[name]
    return "\n".join(tell() for tell in found)


def topics() -> Mapping[str, list[Callable[[], str]]]:
    """The texts by name; a name may mean several things."""
    found: dict[str, list[Callable[[], str]]] = {}
    for name, tell in _topics():
        found.setdefault(name, []).append(tell)
    return found


def _topics() -> Iterator[tuple[str, Callable[[], str]]]:
    for folder, sort in SORTS.items():
        for name, kind in catalog(f"snnc.{folder}").items():
            yield name, partial(_kind, sort, kind)
    for rule in rules():
        yield from ((name, partial(_rule, rule)) for name in (rule.code, rule.name))
    for error in errors():
        yield from ((name, partial(_error, error)) for name in (error.code, error.name))


def _kind(sort: str, kind: type[Kind]) -> str:
    said = describe(kind)
    parts = [f"{said.name}: {sort}", _plain(said.doc), indent(said.code, "    ")]
    parts += [indent(said.example, "    ")]
    parts += ["\n".join(said.notes), _table(said.fields), numbers(said)]
    parts += ["\n".join(fill(line, 100) for line in said.sentences)]
    return _joined(parts)


def _table(rows: Sequence[FieldRow]) -> str:
    wide, wider = (max((len(word) for word in column), default=0) for column in _columns(rows))
    return "\n".join(f"    {r.key:{wide}}  {r.type:{wider}}  {r.default}".rstrip() for r in rows)


def numbers(said: Description) -> str:
    """The table that may stand for a number, if a field accepts one."""
    found = any(Value.__name__ in row.type for row in said.fields)
    example = docstring(Value).splitlines()[0].strip("`.")
    return f"{Value.__name__}: {example}" if found else ""


def _columns(rows: Sequence[FieldRow]) -> tuple[list[str], list[str]]:
    return [row.key for row in rows], [row.type for row in rows]


def _rule(rule: LintRule) -> str:
    opt_in = ", off unless selected" * rule.opt_in
    title = f"{rule.code} {rule.name}: lint rule ({rule.severity}{opt_in})"
    said = sections(type(rule)).items()
    parts = (part for heading, text in said for part in (heading, _unfenced(text)))
    return _joined([title, *parts])


def _unfenced(text: str) -> str:
    """Markdown as plain text: pieces of specs are indented."""
    parts = enumerate(_plain(text).replace("```toml\n", "```").split("```"))
    return "".join(indent(part.rstrip("\n"), "    ") if n % 2 else part for n, part in parts)


def _error(error: ErrorCode) -> str:
    title = f"{error.code} {error.name}: error"
    parts = [title, _plain(error.doc), indent(error.example.rstrip("\n"), "    ")]
    return _joined([*parts, said(error)])


def said(error: ErrorCode) -> str:
    """The findings of snnc in the example, as if it were a file in the current folder."""
    findings = snnc.check(error.path) if error.example else ()
    return full.render([_shown(error, finding) for finding in findings]).rstrip("\n")


def _shown(error: ErrorCode, finding: Diagnostic) -> Diagnostic:
    """The finding with its places in the example, without the comment above it."""
    notes = tuple(replace(note, place=_moved(error, note.place)) for note in finding.notes)
    return replace(finding, place=_moved(error, finding.place), notes=notes)


def _moved(error: ErrorCode, place: Place) -> Place:
    head = len(place.text) - len(error.example)
    span = Span(place.span.start - head, place.span.end - head)
    return Place(f"{error.code}.snn.toml", error.example, span)


def _plain(text: str) -> str:
    return re.sub(r"(?<!`)``(?!`)", "`", text)


def _joined(parts: list[str]) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"
