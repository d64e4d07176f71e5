"""Lines of Python as ruff formats them: what does not fit into 88 columns is broken at brackets."""

import re
from collections.abc import Iterator

WIDTH = 88
_OPEN, _CLOSE = "([{", ")]}"


def statement(text: str, indent: int) -> list[str]:
    """``text`` (one assignment, call or expression) at ``indent``, on as many lines as it needs."""
    pad = " " * indent
    if len(pad) + len(text) <= WIDTH:
        return [pad + text]
    start, end = _parameters(text) if text.startswith("def ") else _broken_at(text, indent)
    if start < 0 or not text[start + 1 : end].strip() or _joins(text):
        return _parenthesised(text, indent)
    head, inner, tail = text[: start + 1], text[start + 1 : end], text[end:]
    called = len(head) > 1 and (head[-2].isalnum() or head[-2] in "_])")
    if head.endswith("(") and not called and len(split(inner)) == 1:
        return [pad + head, *statement(inner, indent + 4), pad + tail]  # no call: no comma
    alone = text.startswith("def ") and len(split(inner)) == 1  # ruff gives it a comma
    items = _items(inner, indent + 4) if called and not alone else _each(inner, indent + 4)
    return [pad + head, *items, pad + tail]


def imported(module: str, names: list[str]) -> str:
    """``from module import names``; a list that is too long has one name a line."""
    line = f"from {module} import {', '.join(names)}"
    if not names or len(line) <= WIDTH:
        return line if names else ""
    return "\n".join([f"from {module} import (", *(f"    {name}," for name in names), ")"])


def import_order(name: str) -> tuple[int, list[tuple[bool, int, str]]]:
    """Constants, classes, functions, numbers by their value: ruff's order of imported names."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2
    parts = re.findall(r"\d+|\D+", name)
    return kind, [(not p.isdigit(), int(p) if p.isdigit() else 0, p) for p in parts]


def _items(inner: str, indent: int) -> Iterator[str]:
    """The items between brackets: on one line if they fit, else one per line."""
    if indent + len(inner) <= WIDTH:
        yield " " * indent + inner
    else:
        yield from _each(inner, indent)


def _each(inner: str, indent: int) -> Iterator[str]:
    """One item a line, as ruff has the items of a list or tuple that does not fit."""
    for item in split(inner):
        yield from statement(f"{item},", indent)


def _joins(text: str) -> bool:
    """Whether a value is a sum or product that ruff puts into brackets, instead of breaking one."""
    _, _, terms = _terms(text)
    return len(terms) > 2 or (len(terms) == 2 and not terms[-1].endswith((")", "]")))


def _terms(text: str) -> tuple[str, str, list[str]]:
    """The text before a value (``x = ``, ``return ``), its operator and the operands."""
    target, equals, value = text.partition(" = ")
    if text.startswith("def ") or any(c in target for c in "(["):
        return "", "", [text]
    if not equals:
        value = text.removeprefix("return ")
    for sign in (" + ", " * "):
        terms = _operands(value, sign)
        if len(terms) > 1:
            return text.removesuffix(value), sign, terms
    return text.removesuffix(value), "", [value]


def _operands(value: str, sign: str) -> list[str]:
    """The parts between operators that no bracket encloses."""
    parts, depth, start = [], 0, 0
    for at, char in _code(value):
        depth += (char in _OPEN) - (char in _CLOSE)
        if depth == 0 and value.startswith(sign, at):
            parts.append(value[start:at])
            start = at + len(sign)
    return [*parts, value[start:]]


def _parenthesised(text: str, indent: int) -> list[str]:
    """A sum or product that is too long: in brackets, and if need be one term a line."""
    target, sign, (first, *terms) = _terms(text)
    pad = " " * indent
    if not sign:
        return [pad + text]
    whole = f"{pad}    {first}{''.join(sign + term for term in terms)}"
    lines = [whole]
    if len(whole) > WIDTH:
        lines = statement(first, indent + 4)
        lines += [line for t in terms for line in statement(f"{sign.lstrip()}{t}", indent + 4)]
    return [f"{pad}{target}(", *lines, f"{pad})"]


def split(inner: str) -> list[str]:
    """The items between commas that no bracket or string encloses."""
    items, depth, start = [], 0, 0
    for at, char in _code(inner):
        depth += (char in _OPEN) - (char in _CLOSE)
        if char == "," and depth == 0:
            items.append(inner[start:at].strip())
            start = at + 1
    return [*items, inner[start:].strip()]


def _parameters(text: str) -> tuple[int, int]:
    """The brackets of a signature's parameters; those of its result may come later."""
    depth = 0
    for at, char in _code(text):
        depth += (char in _OPEN) - (char in _CLOSE)
        if char == ")" and depth == 0:
            return text.index("("), at
    return -1, -1


def _broken_at(text: str, indent: int) -> tuple[int, int]:
    """The outermost bracket pair that ends last, or one before it in a chain of calls.

    That is if what stands before the last one is too long: ``f(…).name(`` breaks at the first.
    """
    pairs = _outermost(text) or [(-1, -1)]
    while len(pairs) > 1 and indent + pairs[-1][0] >= WIDTH:
        (_, end), (start, _) = pairs[-2:]
        if not re.fullmatch(r"\)\.\w+", text[end:start]):
            break
        pairs.pop()
    return pairs[-1]


def _outermost(text: str) -> list[tuple[int, int]]:
    """The bracket pairs that no other encloses."""
    depth, start, found = 0, -1, []
    for at, char in _code(text):
        if char in _OPEN:
            start = at if depth == 0 else start
            depth += 1
        if char in _CLOSE:
            depth -= 1
            found += [(start, at)] if depth == 0 else []
    return found


def _code(text: str) -> Iterator[tuple[int, str]]:
    """The characters outside string literals."""
    quote, escaped = "", False
    for at, char in enumerate(text):
        if not quote and char not in "\"'":
            yield at, char
        elif not quote:
            quote = char
        elif char == quote and not escaped:
            quote = ""
        escaped = char == "\\" and not escaped
