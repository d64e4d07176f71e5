"""WSConv2d."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from snnc.layer import Call, Draw, Kept, Role
from snnc.layers._conv import Conv
from snnc.shapes import Shape
from snnc.sizes import AXES, Padding2, Size2


class WSConv2d(Conv):
    """A convolution whose filters are standardised to mean 0 and variance 1.

    The weight is ``(W - mean) / sqrt(variance + eps)``, over all axes but the output channel (Qiao
    et al., arXiv:1903.10520). With ``gain``, each filter has a learned factor, which starts at 1.
    """

    example: ClassVar[str] = (
        '{ kind = "WSConv2d", out_channels = 64, kernel_size = 3, padding = 1, gain = true }'
    )
    axes: ClassVar[str] = AXES[2]
    role: ClassVar[Role] = ""
    order: ClassVar[tuple[str, ...]] = (*Conv.order, "eps", "gain")

    kind: Literal["WSConv2d"] = "WSConv2d"
    kernel_size: Size2
    stride: Size2 = 1
    padding: Padding2 | Literal["same", "valid"] = 0
    dilation: Size2 = 1
    eps: Annotated[float, Field(gt=0)] = 1e-5
    gain: bool = False

    def kept(self, *inputs: Shape) -> Kept:
        keywords = {k: v for k, v in self.keywords().items() if k in Conv.order}
        module = Call("nn.Conv2d", self.leading(*inputs), keywords)
        return Kept(module, {"gain": ((self.out_channels, 1, 1, 1), 1.0)} if self.gain else {})

    def torch_call(self, *inputs: Shape) -> None:
        return None

    def attribute(self, name: str, *inputs: Shape) -> Call:
        return Call("WSConv2d", self.leading(*inputs), self.keywords())

    def parameters(self, *inputs: Shape) -> int:
        return super().parameters(*inputs) + self.out_channels * self.gain

    def textbook(
        self, inputs: Sequence[Any], t: int, module: Any, training: bool, draw: Draw
    ) -> Any:
        rows = module.weight.flatten(1)
        rows = rows - rows.mean(1, keepdim=True)
        rows = rows / (rows.square().mean(1, keepdim=True) + self.eps).sqrt()
        weight = rows.view_as(module.weight) * (module.gain if self.gain else 1)
        return module._conv_forward(inputs[0], weight, module.bias)
