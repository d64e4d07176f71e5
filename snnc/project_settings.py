"""The keys of a project's configuration. A new key is a new field of :class:`ProjectSettings`."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from snnc.patterns import is_pattern
from snnc.source.reading import MOST_BYTES

_MODEL = ConfigDict(
    frozen=True,
    extra="forbid",
    strict=True,
    alias_generator=lambda name: name.replace("_", "-"),
)


def _pattern(text: str) -> str:
    if not is_pattern(text):
        raise PydanticCustomError("bad_pattern", "must be a pattern, as in a .gitignore file")
    return text


def specifier(text: str) -> str:
    """Versions as pip knows them; a plain one is exactly that."""
    return text if text[:1] in ("<", ">", "=", "!", "~") else f"=={text}"


def _version(text: str) -> str:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # most projects state none

    try:
        SpecifierSet(specifier(text))
    except InvalidSpecifier:
        context = {"help": 'for example ">=0.1,<0.2"'}
        message = "must be versions as pip knows them"
        raise PydanticCustomError("bad_version", message, context) from None
    return text


Pattern = Annotated[str, AfterValidator(_pattern)]
Selectors = tuple[str, ...]
"""Rules by name or code; the beginning of a code, such as SNN43; or "all"."""


class ProjectLimits(BaseModel):
    """The numbers beyond which something is refused, told, or no longer told."""

    model_config = _MODEL

    file_size: int | None = Field(
        default=None,
        ge=1,
        le=MOST_BYTES,
        description="Bytes of a spec with its bases; 1,000,000 unless stated, and at most: "
        "what a stranger can change raises no limit, SNNC_MAX_BYTES in the environment does.",
    )
    training_memory: float = Field(
        default=8.0,
        gt=0,
        description="GiB that the values of one training batch may need (training-memory).",
    )
    findings: int = Field(
        default=200, ge=1, description="Findings of one file that the format full prints."
    )


class ProjectSettings(BaseModel):
    """The settings of a project: what is looked at, which rules run, and what they amount to."""

    model_config = _MODEL

    exclude: tuple[Pattern, ...] = Field(
        default=(), description="Patterns of what no command looks at, as in a .gitignore file."
    )
    select: Selectors | None = Field(
        default=None, description="The rules that run, in place of the default ones."
    )
    extend_select: Selectors = Field(
        default=(), description="Rules that run as well, such as opt-in ones."
    )
    ignore: Selectors = Field(default=(), description="Rules that do not run.")
    per_file_ignores: Mapping[Pattern, Selectors] = Field(
        default_factory=dict,
        description="Rules that say nothing of the files which a pattern names.",
    )
    severity: Mapping[str, Literal["error", "warning", "info"]] = Field(
        default_factory=dict,
        description='The severity of findings of a rule; an "info" leaves the exit code at 0.',
    )
    limits: ProjectLimits = Field(default=ProjectLimits(), description="Sizes and counts.")
    required_version: Annotated[str, AfterValidator(_version)] | None = Field(
        default=None, description='The versions of snnc that the project takes, as ">=0.1,<0.2".'
    )
