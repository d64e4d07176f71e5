"""The TOML that was meant by a line that is none: what people write by habit of other languages.

Patterns look at the line of the parser's complaint, with its strings and comments blanked.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from snnc.source.diagnostic import Span
from snnc.source.spans import STRING

_HIDDEN = re.compile(rf"{STRING.pattern}|#[^\n]*")
_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7})(?=[ \n]|\Z)", re.MULTILINE)
_HEADER = re.compile(r"[ \t]*\[\[?[\w.-]+\]\]?[ \t]*\Z")
_ANEW = re.compile(r"\[\[?[\w.-]+\]\]?[ \t]*\Z|[\w.-]+[ \t]*=")
_LONGEST = 40


class Finding(NamedTuple):
    """A place, what is wrong there, and what would be right."""

    span: Span
    message: str
    help: str | None = None


class _Row(NamedTuple):
    """A pattern of a blanked line; the first group is what to blame."""

    pattern: re.Pattern[str]
    told: Callable[[str], tuple[str, str]]


def meant(text: str, at: int) -> Finding | None:
    """The usual slip in the line at ``at``, if it is one."""
    return _whole(text) or _of_line(text, at)


def begins_anew(text: str, at: int) -> bool:
    """Whether the line at ``at`` begins something that no array has: a bracket was left open."""
    return bool(_ANEW.match(_line(text, at))) or not text[at:].strip()


def is_header(text: str, at: int) -> bool:
    """Whether the line at ``at`` is the header of a table."""
    return bool(_HEADER.fullmatch(_line(text, at)))


def _whole(text: str) -> Finding | None:
    """Slips that concern the whole file."""
    if conflict := _CONFLICT.search(text):
        message = "conflict markers of a merge"
        advice = "choose one side, and delete the lines of `<<<<<<<`, `=======` and `>>>>>>>`"
        return Finding(Span(*conflict.span()), message, advice)
    if text.lstrip().startswith("{"):
        at = text.index("{")
        message = "this is JSON, and a spec is TOML"
        return Finding(Span(at, at + 1), message, "`snnc new` writes a spec to start from")
    return None


def _of_line(text: str, at: int) -> Finding | None:
    start, line = text.rfind("\n", 0, at) + 1, _line(text, at)
    for row in _ROWS:
        if found := row.pattern.search(line):
            blamed = found.span(1) if row.pattern.groups else found.span()
            span = Span(start + blamed[0], start + blamed[1])
            return Finding(span, *row.told(text[span.start : span.end]))
    return None


def _line(text: str, at: int) -> str:
    """The line at ``at`` with letters for its strings and blanks for its comment."""
    start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
    line = text[start : len(text) if end < 0 else end]
    return _HIDDEN.sub(lambda hidden: (" " if hidden[0][0] == "#" else "s") * len(hidden[0]), line)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _told(message: str, help: str) -> Callable[[str], tuple[str, str]]:
    """``{0}`` stands for what is blamed."""
    return lambda word: (message.replace("{0}", _short(word)), help.replace("{0}", word))


def _comma(word: str) -> tuple[str, str]:
    whole, part = word.split(",")
    if whole != "0" and len(part) == 3:
        return "a number has no `,`", f"write `{whole}{part}` or `{whole}_{part}`"
    return "a number has a decimal point", f"write `{whole}.{part}`"


def _invisible(word: str) -> tuple[str, str]:
    code = f"U+{ord(word):04X}"
    return f"a blank that is no plain one stands here: {code}", "replace it by a plain space"


def _zeros(word: str) -> tuple[str, str]:
    return f"a number has no leading zero: `{_short(word)}`", f"write `{word.lstrip('0')}`"


_TABLE_END = r"(?=[ \t]*(?:[,}]|\Z))"
_ROWS = (
    _Row(re.compile(r"[\u00a0\u2000-\u200b\u202f\u3000\ufeff]"), _invisible),
    _Row(
        re.compile(r"[\u2018-\u201f]"),
        _told("`{0}` is no quote of TOML", 'quotes are plain: `"…"`'),
    ),
    _Row(
        re.compile(r"[=\[,][ \t]*([0-9]+\.)(?![0-9])"),
        _told("`{0}` is not a number", "write `{0}0`"),
    ),
    _Row(re.compile(r"[=\[,][ \t]*(\.[0-9]+)"), _told("`{0}` is not a number", "write `0{0}`")),
    _Row(re.compile(rf"=[ \t]*(0[0-9]*[1-9][0-9]*){_TABLE_END}"), _zeros),
    _Row(
        re.compile(r"^[\w.-]+[ \t]*=[ \t]*([\w.+-]+(?:[ \t]*,[ \t]*[\w.+-]+){2,})[ \t]*\Z"),
        _told("an array stands in brackets", "write `[{0}]`"),
    ),
    _Row(re.compile(r"=[ \t]*([0-9]+,[0-9]+)[ \t]*(?=[,}]|\Z)"), _comma),
    _Row(
        re.compile(r"[=\[,][ \t]*(\([^()]*\))"),
        lambda word: (
            f"`{_short(word)}` is not a value",
            f"an array is written `[{word[1:-1].rstrip(', ')}]`",
        ),
    ),
    _Row(
        re.compile(r"[=\[,][ \t]*(None|null|nil|NULL)\b"),
        _told("`{0}` is not a value", "TOML has no null: leave the key out"),
    ),
    _Row(
        re.compile(r"(?:[=\[,]|^)[ \t]*([A-Za-z_][\w.]*\()"),
        lambda word: (
            f"the call `{_short(word)}…)` is not a value",
            f'a kind is a table: `{{ kind = "{word[:-1].rpartition(".")[2]}", … }}`',
        ),
    ),
    _Row(
        re.compile(r"=[ \t]*(\$\{?\w+\}?)"),
        _told("`{0}` is not a value", 'a variable stands in quotes: `"{0}"`'),
    ),
    _Row(
        re.compile(
            r"=[ \t]*((?!\d{4}-\d\d-)\w[\w.]*(?:[ \t]*(?:\*\*|//|[*/+-])[ \t]*\w[\w.]*)+)"
            + _TABLE_END
        ),
        _told("`{0}` is not a value", 'arithmetic is an expression in quotes: `"${{0}}"`'),
    ),
    _Row(re.compile(r"(;)[ \t]*\Z"), _told("a line has no `;` at its end", "delete it")),
    _Row(
        re.compile(r"(?:^|[ \t])(//|--|/\*)"),
        _told("`{0}` begins no comment", "a comment begins with `#`"),
    ),
    _Row(
        re.compile(r"^[ \t]*([\w-]+:)(?=[ \t]|\Z)"),
        lambda word: ("a key and its value have `=` between them", f"write `{word[:-1]} = …`"),
    ),
    _Row(re.compile(r"(:)[ \t]"), _told("`:` stands in no table of TOML", "write `key = value`")),
    _Row(
        re.compile(r"(,)[ \t]*\}"),
        _told("an inline table `{ … }` has no comma after its last entry", "delete the `,`"),
    ),
)
"""In the order of their certainty."""
