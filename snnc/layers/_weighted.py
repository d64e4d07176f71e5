"""The base of layers with a weight and a bias: initialisers of both."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from snnc.choice import Choice
from snnc.initializer import Initializer
from snnc.layer import Call, Layer

Initial = Annotated[Initializer | None, Choice("snnc.initializers")]
"""None: PyTorch's default."""


class Weighted(Layer):
    """A layer with initialisers, ``weight_init`` and ``bias_init``; the default is PyTorch's."""

    kind: str = ""
    weight_init: Initial = None
    bias_init: Initial = None

    @property
    def weight_axes(self) -> int:
        """The axes of the weight: 2 or more for a matrix, 1 per channel, 0 without a weight."""
        return 2

    @property
    def biased(self) -> bool:
        """Whether the layer has a bias."""
        return bool(getattr(self, "bias", False))

    @model_validator(mode="after")
    def _initialisable(self) -> Self:
        for parameter, initial, axes in self._initials():
            if not axes:
                _refuse(f"`{parameter}_init`: this layer has no {parameter}")
            if axes < initial.axes:
                _refuse(f"`{parameter}_init` cannot be {initial.kind}, which is for matrices")
        return self

    def _initials(self) -> Iterator[tuple[str, Initializer, int]]:
        """Each parameter with an initialiser in the spec, and its number of axes."""
        if self.weight_init:
            yield "weight", self.weight_init, self.weight_axes
        if self.bias_init:
            yield "bias", self.bias_init, int(self.biased)

    def keywords(self) -> dict[str, object]:
        values = super().keywords()
        return {key: v for key, v in values.items() if key not in Weighted.model_fields}

    def initialise(self) -> Mapping[str, Call]:
        return {parameter: initial.call() for parameter, initial, _ in self._initials()}


def _refuse(message: str) -> None:
    raise PydanticCustomError("conflict", "{message}", {"message": message})
