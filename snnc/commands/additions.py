"""Additions of ``snnc new`` to a repository: hooks, a workflow, excludes of formatters.

Files are changed only where that is certain to be right, and read again afterwards. Else a person
is told what to add.
"""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import indent

from snnc.commands.black import with_excludes
from snnc.project.reading import at

HOOKS, WORKFLOW, PYPROJECT = (
    ".pre-commit-config.yaml",
    ".github/workflows/snnc.yml",
    "pyproject.toml",
)
RUFF = ("ruff.toml", ".ruff.toml")
_REPOS = re.compile(r"^repos:[ \t]*(?:#.*)?\n(?=(?:[ \t]*(?:#.*)?\n)*([ \t]*)- )", re.MULTILINE)
_TABLE = re.compile(r"^\[tool\.ruff\][ \t]*(?:#.*)?\n", re.MULTILINE)
_KEY = r"^extend-exclude[ \t]*=[ \t]*\["


@dataclass(frozen=True)
class Additions:
    """New texts of files at the root, by their paths, and sentences on what is left to do."""

    texts: Mapping[str, str] = field(default_factory=dict)
    left: tuple[str, ...] = ()


def additions(
    root: Path, made: Mapping[str, str], hooks: str, packages: Sequence[str]
) -> Additions:
    """The additions to what lies in ``root``; ``made`` is what files hold that are not there."""
    texts, left = dict[str, str](), list[str]()
    _add(root, HOOKS, made[HOOKS], lambda text: _with_hooks(text, hooks), texts, left)
    if (root / ".github").exists() or not (root / ".gitlab-ci.yml").exists():
        _add(root, WORKFLOW, made[WORKFLOW], lambda text: text, texts, left)
    ruff = next((name for name in RUFF if (root / name).exists()), PYPROJECT)
    if ruff == PYPROJECT:
        fresh = f"[tool.ruff]\n{_line(packages)}"
        _add(root, ruff, fresh, lambda text: _with_table(text, packages), texts, left)
    else:
        _add(root, ruff, "", lambda text: _with_key(text, packages), texts, left)
    _add_to_black(root, packages, texts, left)
    return Additions(texts, tuple(left))


def _add_to_black(
    root: Path, packages: Sequence[str], texts: dict[str, str], left: list[str]
) -> None:
    found = at(root, PYPROJECT)
    before = texts.get(PYPROJECT) or found.text
    if before is None or found.obstacle:
        return
    after = with_excludes(before, packages)
    if after is None:
        left.append(f"name {' and '.join(packages)} in `force-exclude` of [tool.black]")
    elif after != before:
        texts[PYPROJECT] = after


def _add(
    root: Path,
    name: str,
    fresh: str,
    change: Callable[[str], str | None],
    texts: dict[str, str],
    left: list[str],
) -> None:
    found = at(root, name)
    made = fresh if found.text is None else change(found.text)
    if found.obstacle or made is None:
        left.append(f"add to {name} what docs/ci.md of snnc says")
    elif made != found.text:
        texts[name] = made


def _with_hooks(text: str, hooks: str) -> str | None:
    """The configuration of pre-commit with our hooks; None, if it is not written as most are."""
    if "snnc build" in text:
        return text
    repos = _REPOS.search(text)
    if repos is None:
        return None
    return f"{text[: repos.end()]}{indent(hooks, repos[1])}{text[repos.end() :]}"


def _with_table(text: str, packages: Sequence[str]) -> str | None:
    """A pyproject.toml in which ruff leaves the packages out."""
    table = _TABLE.search(text)
    if table is None:
        made = f"{text.rstrip()}\n\n[tool.ruff]\n{_line(packages)}".lstrip()
        return _read_again(made, packages, ("tool", "ruff"))
    rest = text[table.end() :]
    own = rest[: found.start()] if (found := re.search(r"^\[", rest, re.MULTILINE)) else rest
    changed = _in_table(own, packages)
    return _read_again(
        f"{text[: table.end()]}{changed}{rest[len(own) :]}", packages, ("tool", "ruff")
    )


def _with_key(text: str, packages: Sequence[str]) -> str | None:
    """A ruff.toml that leaves the packages out."""
    head = text[: found.start()] if (found := re.search(r"^\[", text, re.MULTILINE)) else text
    return _read_again(f"{_in_table(head, packages)}{text[len(head) :]}", packages, ())


def _in_table(text: str, packages: Sequence[str]) -> str:
    key = re.search(_KEY, text, re.MULTILINE)
    if key is None:
        return f"{_line(packages)}{text}"
    return f"{text[: key.end()]}{_items(packages)}, {text[key.end() :]}"


def _read_again(text: str, packages: Sequence[str], table: Sequence[str]) -> str | None:
    try:
        found: object = tomllib.loads(text)
    except (ValueError, RecursionError):
        return None
    for key in (*table, "extend-exclude"):
        found = found.get(key) if isinstance(found, dict) else None
    return text if isinstance(found, list) and {*packages} <= {*map(str, found)} else None


def _line(packages: Sequence[str]) -> str:
    return f"extend-exclude = [{_items(packages)}]\n"


def _items(packages: Sequence[str]) -> str:
    return ", ".join(f'"{package}"' for package in packages)
