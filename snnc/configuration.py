"""The configuration of a project: the file snnc.toml, or ``[tool.snnc]`` of pyproject.toml.

    [tool.snnc]
    exclude = ["experiments/old/"]

It lies in the project's root. A new key is a new field of :class:`ProjectSettings`.
"""

import os
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from snnc.patterns import is_pattern
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


def _pattern(text: str) -> str:
    if not is_pattern(text):
        raise PydanticCustomError("bad_pattern", "must be a pattern, as in a .gitignore file")
    return text


class ProjectSettings(BaseModel):
    """The settings of a project. ``exclude`` has patterns of what no command looks at."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    exclude: tuple[Annotated[str, AfterValidator(_pattern)], ...] = ()


class _Tool(BaseModel):
    """The table ``[tool]``, of which snnc has one entry."""

    snnc: ProjectSettings = Field(default=ProjectSettings())


class _Pyproject(BaseModel):
    """The file pyproject.toml."""

    tool: _Tool = Field(default=_Tool())


def configuration(root: Path) -> ProjectSettings:
    """The configuration of the project in the folder ``root``. Raises Findings."""
    own, shared = _source(root / CONFIGURATION), _source(root / PYPROJECT)
    stated = shared.tree.find(("tool", "snnc")) if shared else None
    if own and stated and stated[1] == len(("tool", "snnc")):
        raise Findings(_twice(own, stated[0]))
    if own:
        return _valid(own.tree, ProjectSettings)
    return _valid(shared.tree, _Pyproject).tool.snnc if shared else ProjectSettings()


def _source(path: Path) -> Source | None:
    shown = os.path.relpath(path).replace(os.sep, "/")
    try:
        text = regular(path, MOST_BYTES).decode("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (NotRegular, TooLarge, UnicodeDecodeError):
        raise refused(Path(shown), "the configuration is no regular text file") from None
    return parse(shown, text)


def _valid(tree: Tree, model: type[Model]) -> Model:
    try:
        return model.model_validate(tree.plain())
    except ValidationError as error:
        raise Findings(*refusals(error, tree, model)) from None


def _twice(own: Source, stated: Tree) -> Diagnostic:
    message = f"[tool.snnc] and {own.path} both configure this project"
    return Diagnostic("SNN201", "unknown-key", message, stated.key, f"move its keys to {own.path}")
