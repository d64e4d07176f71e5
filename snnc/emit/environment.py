"""The jinja environment in which every generated file is written."""

import textwrap
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment

WIDTH = 88


@cache
def environment() -> "Environment":
    """Templates from the wheel or, in a checkout, from the repository's root."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    package = Path(__file__).parents[1]
    loader = FileSystemLoader([package / "templates", package.parent / "templates"])
    made = Environment(
        loader=loader,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    made.filters["fit"] = fit
    made.filters["ordered"] = ordered
    return made


def ordered(statements: Iterable[str]) -> list[str]:
    """Import statements in isort's order: modules, then names out of modules."""
    return sorted(set(statements), key=lambda line: (line.startswith("from "), line))


def fit(code: str) -> str:
    """One line of code, broken as ruff would break it if it is too long.

    It breaks at its outermost brackets: a call, a signature, or the names of an import.
    """
    if len(code) <= WIDTH:
        return code
    indent = code[: len(code) - len(code.lstrip())]
    if code.lstrip().startswith("from "):
        head, names = code.split(" import ")
        return _exploded(f"{head} import (", names, f"{indent})")
    start, end = code.index("(") + 1, code.rindex(")")
    head, inside, tail = code[:start], code[start:end], indent + code[end:]
    alone = code.lstrip().startswith("def ") and len(split(inside)) == 1  # gets its comma
    if len(indent) + 4 + len(inside) <= WIDTH and not alone:
        return f"{head}\n{indent}    {inside}\n{tail}"
    return _exploded(head, inside, tail)


def _exploded(head: str, items: str, tail: str) -> str:
    indent = tail[: len(tail) - len(tail.lstrip())] + "    "
    lines = "".join(f"{item},\n" for item in split(items))
    return f"{head}\n{textwrap.indent(lines, indent)}{tail}"


def split(items: str) -> list[str]:
    """``"a, f(b, c)"`` is two items: only the outermost commas part them."""
    parts, depth = [""], 0
    for character in items:
        depth += (character in "([{") - (character in ")]}")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]
