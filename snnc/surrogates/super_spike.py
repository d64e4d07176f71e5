"""SuperSpike."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.surrogate import Surrogate


class SuperSpike(Surrogate):
    """scale/(1 + α|u|)²: however steep, its peak is the scale (Zenke and Ganguli, 2018).

    α = 25 is snnTorch's default; Norse has 100. α = 1 with a scale is SpikingJelly's form.
    """

    gradient: ClassVar[str] = "scale / (1 + alpha * abs(u)) ** 2"

    kind: Literal["SuperSpike"] = "SuperSpike"
    alpha: Annotated[float, Field(gt=0)] = 25.0
    scale: Annotated[float, Field(gt=0)] = 1.0
