"""The jinja environment in which every generated file is written."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from snnc.emit.python_format import imported, statement
from snnc.escape import string

if TYPE_CHECKING:
    from jinja2 import Environment


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
    made.filters["literal"] = string
    return made


def ordered(statements: Sequence[str]) -> list[str]:
    """Import statements in isort's order: modules, then names out of modules, a line each."""
    plain = {line for line in statements if not line.startswith("from ") or "#" in line}
    names: dict[str, set[str]] = {}
    for line in set(statements) - plain:
        module, _, imported = line.removeprefix("from ").partition(" import ")
        names.setdefault(module, set()).update(imported.split(", "))
    joined = {f"from {m} import {', '.join(sorted(found))}" for m, found in names.items()}
    return sorted(plain | joined, key=lambda line: (line.startswith("from "), line))


def fit(code: str) -> str:
    """One line of code, broken as ruff would break it if it is too long."""
    text = code.lstrip()
    if text.startswith("from "):
        module, names = text.removeprefix("from ").split(" import ")
        return imported(module, names.split(", "))
    return "\n".join(statement(text, len(code) - len(text)))
