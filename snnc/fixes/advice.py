"""Advice as fixes: each sentence in which findings say what to write, with the edits it means.

A help that has none of these forms needs a person, and has no fix.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from snnc.fixes import changes, slips
from snnc.fixes.changes import Change
from snnc.source.diagnostic import OTHER_NETWORK, Diagnostic, Fix, Safety

GUESS = "the number is a guess"


class _Row(NamedTuple):
    """A form of advice, what a menu calls it, and what it means for the place of the finding."""

    form: re.Pattern[str]
    title: str
    change: Change
    safety: Safety = "safe"
    warning: str = ""


def advised(finding: Diagnostic) -> tuple[Fix, ...]:
    """The fix that the help or the message of a finding says, if it can be carried out.

    What changes a valid spec, which rules advise, is not safe.
    """
    return next(_fixes(finding), ())


def _fixes(finding: Diagnostic) -> Iterator[tuple[Fix, ...]]:
    for row, match in _matches(finding):
        edits = [] if "…" in match[0] else row.change(finding, match)
        made = tuple(edit for edit in edits if edit is not None)
        if made and len(made) == len(edits):
            title = match.expand(row.title)
            yield (_judged(Fix(title, made, row.safety, row.warning), finding),)


def _matches(finding: Diagnostic) -> Iterator[tuple[_Row, re.Match[str]]]:
    for text, rows in ((finding.help or "", _HELP), (finding.message, _MESSAGES)):
        found = ((row, row.form.match(text)) for row in rows)
        yield from ((row, match) for row, match in found if match)


def _judged(fix: Fix, finding: Diagnostic) -> Fix:
    if not finding.of_rule:
        return fix
    return Fix(fix.title, fix.edits, "unsafe", fix.warning or OTHER_NETWORK)


def _row(form: str, title: str, change: Change, safety: Safety = "safe", warning: str = "") -> _Row:
    return _Row(re.compile(form), title, change, safety, warning)


def _guess(form: str) -> _Row:
    """A number that the advice only supposes."""
    return _row(form, r"Write `\1`", changes.entries, "unsafe", GUESS)


_PAIR = r"`(?P<key>[\w-]+) = (?P<value>[^`]+)`"
_SAID = r"Write `\g<key> = \g<value>`"
_HELP: Sequence[_Row] = (
    _row(r"did you mean `kind` by `([\w-]+)`\?", r"Write `kind` for `\1`", changes.named_kind),
    _row(r"did you mean `([^` ]+)`\?", r"Write `\1`", changes.word),
    _row(
        r'did you mean ("[^"]+\.snn\.toml")\?', r"Write \1", changes.word, "unsafe",
        "another spec may be meant",
    ),
    _row(r'did you mean ("[^"]+")\?', r"Write \1", changes.word),
    _row(r"write `([^`]+)`, without quotes\Z", r"Write `\1`", changes.value),
    _row(rf"write {_PAIR} for `(?P<wrong>[\w-]+)`\Z", _SAID, changes.kind_of_table),
    _row(rf"write {_PAIR} in \[(?P<table>\w+)\]", _SAID, changes.pair),
    _row(rf"(?:write|add) {_PAIR}, or use PLIF\Z", _SAID, changes.learned),
    _row(rf"write {_PAIR}(?:\Z|, or | in its table)", _SAID, changes.pair),
    _row(r"write `([^` =]+|\[[^`]*\]|\"[^`\"]*\")`\Z", r"Write `\1`", changes.value),
    _row(r'write ("\$[^"]*")\Z', r"Write \1", changes.value),
    _row(r"write (\{ kind = .*\})\Z", r"Write \1", changes.value),
    _row(r"values have names: (\{ kind = .*\})\Z", r"Write \1", changes.value),
    _row(r'`//` divides to an integer: ("[^"]+")\Z', r"Write \1", changes.value),
    _row(r"[\w-]+ = \S+ is `([^`]+)`: tau =", r"Write `\1`", changes.entries),
    _guess(r".* with steps of 1 ms `([^`]+)`\Z"),
    _guess(r"time is in steps: .* is `([^`]+)`\Z"),
    _guess(r"a potential that keeps .* has `([^`]+)`\Z"),
    _guess(r".*; the usual start is `([^`]+)`\Z"),
    _row(r"leave it out and write `([^`]+)`\Z", r"Write `\1` instead", changes.entries),
    _row(r"leave it out(?::|\Z)", "Leave it out", changes.gone),
    _row(r"`[\w-]+` and `tau` say the same: delete `([\w-]+)`\Z", r"Delete `\1`", changes.gone),
    _row(r"delete `([\w-]+)`: ", r"Delete `\1`", changes.gone),
    _row(
        r"`(?P<own>\w+)` belongs in the \w+: (?P<key>\w+) = (?P<value>\{.*\})\Z",
        r"Move `\g<own>` into `\g<key>`", changes.moved,
    ),
    _row(
        r"layers belong in \[network\]: write `\[\[network\.layers\]\]`",
        "Write `[[network.layers]]`", changes.layer_headers,
    ),
    _row(r"write `(format = 1)` at the top\Z", r"Write `\1`", changes.first_line),
    _row(r"TOML writes `([^`]+)`\Z", r"Write `\1`", slips.text),
    _row(r"an array is written `([^`]+)`\Z", r"Write `\1`", slips.text),
    _row(r"arithmetic is an expression in quotes: `([^`]+)`\Z", r"Write `\1`", slips.text),
    _row(r"a variable stands in quotes: `([^`]+)`\Z", r"Write `\1`", slips.text),
    _row(r"text needs quotes\Z", "Put it in quotes", slips.quotes),
    _row(r"delete (?:it|the `,`)\Z", "Delete it", slips.nothing),
    _row(r"delete it(?::|\Z)", "Delete it", changes.gone),
    _row(rf"{_PAIR} computes the layers", _SAID, changes.pair),
    _row(r"replace it by a plain space\Z", "Write a plain space", slips.space),
    _row(r"write `\}` at its end\Z", "Write `}` at the end of the line", slips.brace),
    _row(r"the `\}` is missing\Z", "Write `}`", slips.brace_of_expression),
    _row(r"join its lines\Z", "Join the lines of the table", slips.one_line),
    _row(r"remove it\Z", "Remove the unused ignore", slips.ignore),
)  # fmt: skip
_MESSAGES: Sequence[_Row] = (
    _row(r"a `,` is missing at the end of line", "Write `,`", slips.comma_behind),
    _row(r"a `,` is missing before", "Write `,`", slips.comma_before),
    _row(r"`:` stands in no table of TOML", "Write `=`", slips.equals),
    _row(r"a key and its value have `=` between them", "Write `=`", slips.equals),
)
