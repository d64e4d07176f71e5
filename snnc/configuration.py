"""The configuration of a project: the file snnc.toml, or ``[tool.snnc]`` of pyproject.toml.

    [tool.snnc]
    exclude = ["experiments/old/"]
    ignore = ["hoisting-lost"]

It lies in the project's root, and the nearest root above a spec counts.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, Field, ValidationError

from snnc.flags import Flags
from snnc.flags import stated as stated_flags
from snnc.project_settings import ProjectSettings, specifier
from snnc.source.diagnostic import Diagnostic, Findings
from snnc.source.reading import (
    CONFIGURATION,
    MOST_BYTES,
    PYPROJECT,
    NotRegular,
    TooLarge,
    refused,
    regular,
)
from snnc.source.source import Source, parse
from snnc.source.tree import Tree
from snnc.validation import refusals

Model = TypeVar("Model", bound=BaseModel)
_STATED = ("tool", "snnc")
_Text = tuple[str, str]
"""The path of a file as it is shown, and its text."""


@dataclass(frozen=True)
class Configured:
    """The settings of a project, and where each of them is written; None: there are none."""

    settings: ProjectSettings = field(default_factory=ProjectSettings)
    tree: Tree | None = None


class _Tool(BaseModel):
    """The table ``[tool]``, of which snnc has one entry."""

    snnc: ProjectSettings = Field(default=ProjectSettings())


class _Pyproject(BaseModel):
    """The file pyproject.toml."""

    tool: _Tool = Field(default=_Tool())


def configuration(root: Path) -> ProjectSettings:
    """The settings of the project in the folder ``root``. Raises Findings."""
    return configured(root).settings


def configured(root: Path) -> Configured:
    """The settings of the project in the folder ``root``, with their places. Raises Findings."""
    found, flags = _configured(_text(root / CONFIGURATION), _text(root / PYPROJECT)), stated_flags()
    return (
        replace(found, settings=found.settings.model_copy(update=dict(flags))) if flags else found
    )


def of_flags(texts: Sequence[str]) -> Flags:
    """The keys that ``--config KEY=VALUE`` states, in TOML. Raises Findings."""
    tree = parse("--config", "\n".join(texts)).tree
    settings = _valid(tree, ProjectSettings)
    return {name: getattr(settings, name) for name in settings.model_fields_set}


@lru_cache(maxsize=8)
def _configured(own_text: _Text | None, shared_text: _Text | None) -> Configured:
    """The settings that one of two files states; many specs have the same."""
    own, shared = (parse(*text) if text else None for text in (own_text, shared_text))
    stated = shared.tree.find(_STATED) if shared else None
    if own and stated and stated[1] == len(_STATED):
        raise Findings(_twice(own, stated[0]))
    if own:
        return Configured(_valid(own.tree, ProjectSettings), own.tree)
    if shared is None or stated is None:
        return Configured()
    settings = _valid(shared.tree, _Pyproject).tool.snnc
    return Configured(settings, stated[0] if stated[1] == len(_STATED) else None)


def check_version(root: Path, version: str) -> None:
    """Check that the project in ``root`` takes this version of snnc. Raises Findings."""
    found = configured(root)
    wanted = found.settings.required_version
    if wanted is None or found.tree is None:
        return
    from packaging.specifiers import SpecifierSet  # most projects require none

    if not SpecifierSet(specifier(wanted), prereleases=True).contains(version):
        message = f"this project requires snnc {wanted}, and this is {version}"
        place = found.tree.table["required-version"].place
        raise Findings(Diagnostic("SNN204", "bad-value", message, place, "install another one"))


def _text(path: Path) -> _Text | None:
    shown = os.path.relpath(path).replace(os.sep, "/")
    try:
        text = regular(path, MOST_BYTES).decode("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (NotRegular, TooLarge, UnicodeDecodeError):
        raise refused(Path(shown), "the configuration is no regular text file") from None
    return shown, text


def _valid(tree: Tree, model: type[Model]) -> Model:
    try:
        return model.model_validate(tree.plain())
    except ValidationError as error:
        raise Findings(*refusals(error, tree, model)) from None


def _twice(own: Source, stated: Tree) -> Diagnostic:
    message = f"[tool.snnc] and {own.path} both configure this project"
    return Diagnostic("SNN201", "unknown-key", message, stated.key, f"move its keys to {own.path}")
