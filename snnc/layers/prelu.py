"""PReLU."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.layer import Call
from snnc.layers._activation import ElementwiseActivation
from snnc.shapes import Shape


class PReLU(ElementwiseActivation):
    """x where it is positive, else a learned slope times x (torch.nn.PReLU).

    ``per`` sets whether the layer has one slope or each channel its own; ``init`` is their start.
    """

    example: ClassVar[str] = '{ kind = "PReLU", per = "channel" }'
    stem: ClassVar[str] = "prelu"

    kind: Literal["PReLU"] = "PReLU"
    per: Literal["layer", "channel"] = "layer"
    init: Annotated[float, Field(ge=-10, le=10)] = 0.25

    def torch_call(self, *inputs: Shape) -> Call:
        slopes = self._slopes(inputs[0])
        start = {} if self.init == 0.25 else {"init": self.init}
        if slopes == 1 and not start:
            return Call("nn.PReLU")
        return Call("nn.PReLU", (slopes,), start, names=("num_parameters",))

    def parameters(self, *inputs: Shape) -> int:
        return self._slopes(inputs[0])

    def _slopes(self, shape: Shape) -> int:
        return shape[0] if self.per == "channel" else 1
