"""Changes of keys and values that advice asks for.

Each function takes a finding and the match of its advice, and returns edits; one of them is None,
or there is none, where the text has a form in which it would have to guess.
"""

import re
from collections.abc import Callable, Sequence

from snnc.fixes.entries import Entry, at, deleted, entries_of, entry, replaced, stated, top
from snnc.source.diagnostic import Diagnostic, Edit

Change = Callable[[Diagnostic, re.Match[str]], Sequence[Edit | None]]
_PAIR = re.compile(r"[\w-]+ = (?:\"[^\"]*\"|\{[^{}]*\}|\[[^][]*\]|[^,]+)")
_QUOTES = ('"', "'")


def word(finding: Diagnostic, match: re.Match[str]) -> Sequence[Edit | None]:
    """The right word for a wrong one: a key, a kind, a name in an expression or in a header."""
    place, right = finding.place, match[1]
    quoted = place.quoted
    if quoted[:1] == "[":
        return [_in_header(finding, right)]
    if quoted[:1] in _QUOTES and right[:1] not in _QUOTES:
        return [Edit(place, f"{quoted[0]}{right}{quoted[-1]}")]
    if re.fullmatch(r"\$\w+", quoted):
        return [Edit(place, f"${right}")]
    single = "\n" not in quoted and quoted[:1] != "{" and quoted.strip()
    return [replaced(place, right)] if single else []


def _in_header(finding: Diagnostic, right: str) -> Edit | None:
    """The wrong word of a ``[header]``, which the message names."""
    named = re.search(r"`([\w-]+)`", finding.message)
    found = entry(finding.place)
    if named is None or found is None or not found.header:
        return None
    wrong = rf"(?<![\w-]){re.escape(named[1])}(?![\w-])"
    parts = [*re.finditer(wrong, finding.place.quoted)]
    return Edit(finding.place.within(*parts[0].span()), right) if len(parts) == 1 else None


def value(finding: Diagnostic, match: re.Match[str]) -> Sequence[Edit | None]:
    """Another value, for that of a key or at the place."""
    found = entry(finding.place)
    place = found.value if found and found.keyed else finding.place
    return [replaced(place, match[1])] if place.quoted else []


def pair(finding: Diagnostic, match: re.Match[str]) -> Sequence[Edit | None]:
    """``key = value``, at the entry of this key or in the table or layer of the finding."""
    named = match.groupdict().get("table")
    found = at(finding.place, (named,)) if named else entry(finding.place)
    inside = match[0].endswith(" in its table")
    return [setting(found, match["key"], match["value"], inside)] if found else []


def setting(found: Entry, key: str, value: str, inside: bool = False) -> Edit | None:
    """``key = value`` in a table or layer, or at or beside an entry; ``inside``: in its table."""
    if found.keyed and found.path[-1] == key:
        return replaced(found.value, value)
    table = found if inside or not found.keyed else found.parent
    return stated(table, key, value) if table else top(found.value, key, value)


def learned(finding: Diagnostic, match: re.Match[str]) -> Sequence[Edit | None]:
    """``key = value`` beside the entry of the finding, which goes."""
    found = entry(finding.place)
    if found is None or found.parent is None:
        return []
    if found.parent.within(match["key"]) is None:
        return [Edit(found.whole, f"{match['key']} = {match['value']}")]
    return [deleted(found), stated(found.parent, match["key"], match["value"])]


def named_kind(finding: Diagnostic, match: re.Match[str]) -> Sequence[Edit | None]:
    """``kind`` for another key of the table that the finding is about."""
    found = entry(finding.place)
    wrong = found.within(match[1]) if found else None
    return [Edit(wrong.key, "kind")] if wrong and wrong.keyed else []


def kind_of_table(finding: Diagnostic, match: re.Match[str]) -> Sequence[Edit | None]:
    """``kind = "X"`` for another entry of the table that the finding is about."""
    found = entry(finding.place)
    wrong = found.within(match["wrong"]) if found else None
    text = f"{match['key']} = {match['value']}"
    return [Edit(wrong.whole, text)] if wrong and wrong.keyed else []


def entries(finding: Diagnostic, match: re.Match[str]) -> Sequence[Edit | None]:
    """Other entries for the one of the finding, separated as its table does.

    One that its table states already is not written again.
    """
    found = entry(finding.place)
    if found is None or not found.keyed:
        return []
    beside = {str(other.path[-1]) for other in entries_of(found)} - {found.path[-1]}
    pairs = [pair for pair in _PAIR.findall(match[1]) if pair.partition(" =")[0] not in beside]
    if not pairs:
        return [deleted(found)]
    inline = found.parent is not None and found.parent.value.quoted[:1] == "{"
    return [Edit(found.whole, (", " if inline else "\n").join(pairs))]


def gone(finding: Diagnostic, match: re.Match[str]) -> Sequence[Edit | None]:
    """Nothing for the entry or the item of the finding."""
    found = entry(finding.place)
    return [deleted(found)] if found else []


def moved(finding: Diagnostic, match: re.Match[str]) -> Sequence[Edit | None]:
    """The entry of the finding in a table beside it, which may not be there or only name a kind."""
    found = entry(finding.place)
    if found is None or not found.keyed or found.parent is None:
        return []
    beside = found.parent.within(match["key"])
    if beside is None:
        return [Edit(found.whole, f"{match['key']} = {match['value']}")]
    if beside.value.quoted[:1] in _QUOTES:
        return [deleted(found), replaced(beside.value, match["value"])]
    if there := beside.within(match["own"]):
        return [deleted(found)] if there.value.quoted == found.value.quoted else []
    return [deleted(found), stated(beside, match["own"], found.value.quoted)]


def layer_headers(finding: Diagnostic, match: re.Match[str]) -> Sequence[Edit | None]:
    """``[[network.layers]]`` for each ``[[layers]]``; with them the tables of layers move."""
    found, edits = at(finding.place, ("layers", 0)), list[Edit | None]()
    while found is not None and found.value.quoted == "[[layers]]":
        edits.append(Edit(found.value, "[[network.layers]]"))
        found = at(finding.place, ("layers", len(edits)))
    return edits if found is None else []


def first_line(finding: Diagnostic, match: re.Match[str]) -> Sequence[Edit | None]:
    """A first entry, if only that is missing."""
    if finding.message != "the spec needs `format`":
        return []
    text = finding.place.text
    head = re.match(r"(?:[ \t]*(?:#[^\n]*)?\n)*", text)
    end = head.end() if head else 0
    start = finding.place.span.start
    return [Edit(finding.place.within(end - start, end - start), f"{match[1]}\n")]
