"""Initialisers: how a parameter starts, in place of PyTorch's default."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field
from pydantic_core import PydanticCustomError

from snnc.kinds import Kind
from snnc.layer import Call

Positive = Annotated[float, Field(gt=0)]
Nonlinearity = Literal["linear", "relu", "leaky_relu", "tanh", "sigmoid", "selu"]
"""What PyTorch knows a gain for; its names of layers all mean ``"linear"``."""


class Initializer(Kind):
    """Fills a parameter when the network is made. Its fields are PyTorch's keywords.

    ``axes``: how many axes the parameter must have (2: it needs a fan-in, so it is for weights).
    """

    axes: ClassVar[int] = 1

    def call(self) -> Call:
        """The call of ``torch.nn.init``, without the tensor that it fills."""
        fields = type(self).model_fields.items()
        values = {key: (getattr(self, key), f.default) for key, f in fields if key != "kind"}
        keywords = {key: value for key, (value, default) in values.items() if value != default}
        return Call(f"nn.init.{self.kind}_", keywords=keywords)


def ordered(low: float, high: float) -> None:
    """Check the ends ``a`` and ``b`` of a range. Raises PydanticCustomError."""
    if not low < high:
        raise PydanticCustomError("conflict", "`a` must be below `b`")
