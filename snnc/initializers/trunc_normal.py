"""trunc_normal."""

from typing import Literal, Self

from pydantic import model_validator

from snnc.initializer import Initializer, Positive, ordered


class TruncNormal(Initializer):
    """A normal distribution, truncated to [a, b] (torch.nn.init.trunc_normal_).

    ``a`` and ``b`` are values and not standard deviations: with ``std = 0.02`` the defaults cut
    nothing.
    """

    kind: Literal["trunc_normal"] = "trunc_normal"
    mean: float = 0.0
    std: Positive = 1.0
    a: float = -2.0
    b: float = 2.0

    @model_validator(mode="after")
    def _a_range(self) -> Self:
        ordered(self.a, self.b)
        return self
