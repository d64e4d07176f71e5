"""normal."""

from typing import Annotated, Literal

from pydantic import Field

from snnc.initializer import Initializer


class Normal(Initializer):
    """A normal distribution (torch.nn.init.normal_)."""

    kind: Literal["normal"] = "normal"
    mean: float = 0.0
    std: Annotated[float, Field(ge=0)] = 1.0
