"""Parameters by pattern: those with settings of the optimizer of their own, and frozen ones."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from snnc.optimizers import NotNegative, Rate

LONGEST = 128
_PATTERN = re.compile(r"[A-Za-z0-9_.*?\[\]!-]+\Z")


def _pattern(text: str) -> str:
    """A name of a parameter, in which ``*`` stands for anything."""
    if not _PATTERN.match(text) or len(text) > LONGEST:
        message = "is no pattern of names: write letters, digits, `_`, `.` and `*`"
        raise PydanticCustomError("bad_name", message)
    return text


Pattern = Annotated[str, AfterValidator(_pattern)]
Patterns = Pattern | Annotated[tuple[Pattern, ...], Field(min_length=1)]


class ParameterGroup(BaseModel):
    """Settings of the optimizer for the ``parameters`` whose names a pattern matches.

    A parameter belongs to the first group that matches it. ``lr`` and ``weight_decay`` replace
    those of the optimizer.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    parameters: Patterns
    lr: Rate | None = None
    weight_decay: NotNegative | None = None

    @model_validator(mode="after")
    def _told(self) -> "ParameterGroup":
        if self.lr is None and self.weight_decay is None:
            message = "a group needs `lr` or `weight_decay`: else it is like all others"
            raise PydanticCustomError("conflict", message)
        return self

    @property
    def patterns(self) -> tuple[str, ...]:
        """Each pattern of its parameters."""
        found = self.parameters
        return (found,) if isinstance(found, str) else found

    def table(self) -> dict[str, object]:
        """The group as the training script takes it."""
        own = self.model_dump(include={"lr", "weight_decay"}, exclude_none=True)
        return {"parameters": [*self.patterns], **own}


def matches(pattern: str, name: str) -> bool:
    """Whether a parameter is meant: by its name, or by that of a layer or block that has it.

    ``tau`` is also the name of ``tau_raw``, of which a number in a range is made.
    """
    return any(fnmatchcase(one, pattern) for one in _names(name))


def _names(name: str) -> Iterator[str]:
    parts = name.split(".")
    yield from (name, name.removesuffix("_raw"))
    yield from (".".join(parts[:count]) for count in range(1, len(parts)))
