"""Numbers of a neuron: one for the whole layer, or one a channel or neuron, fixed or learnable."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, model_validator
from pydantic.functional_validators import AfterValidator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, PydanticKnownError

Range = tuple[float, float]
Finite = Annotated[float, Field(allow_inf_nan=False)]


class Value(BaseModel):
    """``{ value = 2.0, per = "channel", learnable = true, range = [1.0, inf] }``.

    ``uniform = [a, b]`` draws each number at construction. ``range`` keeps a learnable number
    inside by its parametrisation: ``[lo, inf]`` is ``lo + exp(-w)``, ``[lo, hi]`` is
    ``lo + (hi - lo) * sigmoid(w)``; without one the number itself is learned.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", strict=True)

    value: Finite | None = None
    uniform: tuple[Finite, Finite] | None = None
    per: Literal["layer", "channel", "neuron"] = "layer"
    learnable: bool = False
    range: Range | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.value is None) == (self.uniform is None):
            raise PydanticCustomError("conflict", "give either `value` or `uniform = [a, b]`")
        if self.range is not None and not self.learnable:
            raise PydanticCustomError("conflict", "`range` needs `learnable = true`")
        if self.uniform is not None and not self.uniform[0] <= self.uniform[1]:
            raise PydanticCustomError("conflict", "`uniform` needs its lower end first")
        if self.range is not None:
            self._inside(self.range)
        return self

    def _inside(self, range: Range) -> None:
        low, high = range
        if not -float("inf") < low < high:
            raise PydanticCustomError("conflict", "`range` is [lowest, highest]")
        if not all(low < number < high for number in self.numbers):
            raise PydanticCustomError("conflict", "the value must lie inside `range`")

    @property
    def numbers(self) -> tuple[float, ...]:
        """The number, or the two ends of where it is drawn from."""
        return self.uniform if self.uniform is not None else (self.value or 0.0,)

    @property
    def constant(self) -> float | None:
        """The number, if it is one for the whole layer that never changes."""
        fixed = self.per == "layer" and not self.learnable and self.uniform is None
        return self.value if fixed else None


Number = float | Value
"""A numeric parameter of a neuron."""


def numbers(number: Number) -> tuple[float, ...]:
    """The start values of a parameter: a number, or two ends."""
    return number.numbers if isinstance(number, Value) else (number,)


@dataclass(frozen=True)
class Bound(AfterValidator):
    """A check of every number that the editor's schema knows of too, by JSON Schema's words."""

    schema: Mapping[str, float]

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        json = handler(core)
        for branch in json.get("anyOf", [json]):
            branch.update(self.schema if branch.get("type") == "number" else {})
        return json


def above(limit: float) -> Bound:
    """Every number must be greater than ``limit``."""

    def check(number: Any) -> Any:
        if not all(n > limit for n in numbers(number)):
            raise PydanticKnownError("greater_than", {"gt": limit})
        return number

    return Bound(check, {"exclusiveMinimum": limit})


def at_least(limit: float) -> Bound:
    """No number may be less than ``limit``."""

    def check(number: Any) -> Any:
        if not all(n >= limit for n in numbers(number)):
            raise PydanticKnownError("greater_than_equal", {"ge": limit})
        return number

    return Bound(check, {"minimum": limit})


def within(low: float, high: float) -> Bound:
    """Every number must lie in [low, high]."""

    def check(number: Any) -> Any:
        if not all(n >= low for n in numbers(number)):
            raise PydanticKnownError("greater_than_equal", {"ge": low})
        if not all(n <= high for n in numbers(number)):
            raise PydanticKnownError("less_than_equal", {"le": high})
        return number

    return Bound(check, {"minimum": low, "maximum": high})


def learned(number: Number) -> Number:
    """A number that is learned, unless it is a table that says otherwise."""
    stated = number if isinstance(number, Value) else Value(value=number)
    said = "learnable" in stated.model_fields_set
    return stated if said else stated.model_copy(update={"learnable": True})


def kept_above(limit: float) -> AfterValidator:
    """A learnable number stays above ``limit``, unless it states a range of its own."""

    def keep(number: Any) -> Any:
        free = isinstance(number, Value) and number.learnable and number.range is None
        return number.model_copy(update={"range": (limit, float("inf"))}) if free else number

    return AfterValidator(keep)


Positive = Annotated[Number, above(0.0)]
TimeConstant = Annotated[Number, above(1.0)]
"""In steps; at 1 a membrane would forget everything at once."""
KeptTimeConstant = Annotated[TimeConstant, kept_above(1.0)]
"""Learned as 1/tau = sigmoid(w): it cannot leave its range."""
LearnedTimeConstant = Annotated[TimeConstant, AfterValidator(learned), kept_above(1.0)]
"""The same, and learned unless it is a table that says otherwise."""
Learned = Annotated[Number, AfterValidator(learned)]
Decay = Annotated[Number, within(0.0, 1.0)]
"""What is left of something after a step."""
