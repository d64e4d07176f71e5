"""SuperSpike."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.surrogate import Surrogate


class SuperSpike(Surrogate):
    """scale/(1 + α|u|)²: its peak is the scale, however large α is (Zenke and Ganguli, 2018).

    α = 25 is snnTorch's default. SpikingJelly has α = 1 and a scale. Norse 1.1 has α = 1, whatever
    ``alpha`` says.
    """

    gradient: ClassVar[str] = "scale / (1 + alpha * abs(u)) ** 2"

    kind: Literal["SuperSpike"] = "SuperSpike"
    alpha: Annotated[float, Field(gt=0)] = 25.0
    scale: Annotated[float, Field(gt=0)] = 1.0
