"""Numbers of a neuron: one for the whole layer, or one a channel or neuron, fixed or learnable."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.functional_validators import AfterValidator
from pydantic_core import PydanticCustomError, PydanticKnownError

Range = tuple[float, float]


class Value(BaseModel):
    """``{ value = 2.0, per = "channel", learnable = true, range = [1.0, inf] }``.

    ``uniform = [a, b]`` draws each number at construction. ``range`` keeps a learnable number
    inside by its parametrisation: ``[lo, inf]`` is ``lo + exp(-w)``, ``[lo, hi]`` is
    ``lo + (hi - lo) * sigmoid(w)``; without one the number itself is learned.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    value: Annotated[float, Field(allow_inf_nan=False)] | None = None
    uniform: tuple[float, float] | None = None
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
    """What a parameter starts as: a number, or two ends."""
    return number.numbers if isinstance(number, Value) else (number,)


def above(limit: float) -> AfterValidator:
    """Every number must be greater than ``limit``."""

    def check(number: Any) -> Any:
        if not all(n > limit for n in numbers(number)):
            raise PydanticKnownError("greater_than", {"gt": limit})
        return number

    return AfterValidator(check)


def within(low: float, high: float) -> AfterValidator:
    """Every number must lie in [low, high]."""

    def check(number: Any) -> Any:
        if not all(n >= low for n in numbers(number)):
            raise PydanticKnownError("greater_than_equal", {"ge": low})
        if not all(n <= high for n in numbers(number)):
            raise PydanticKnownError("less_than_equal", {"le": high})
        return number

    return AfterValidator(check)


Positive = Annotated[Number, above(0.0)]
TimeConstant = Annotated[Number, above(1.0)]
"""In steps; at 1 a membrane would forget everything at once."""
