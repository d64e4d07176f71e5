"""uniform."""

from typing import Literal, Self

from pydantic import model_validator

from snnc.initializer import Initializer, ordered


class Uniform(Initializer):
    """A uniform distribution on [a, b) (torch.nn.init.uniform_)."""

    kind: Literal["uniform"] = "uniform"
    a: float = 0.0
    b: float = 1.0

    @model_validator(mode="after")
    def _a_range(self) -> Self:
        ordered(self.a, self.b)
        return self
