"""AvgPool3d."""

from typing import ClassVar, Literal

from snnc.layers._pool import AvgPool
from snnc.shapes import Shape, ShapeError, show
from snnc.sizes import Padding3, Positive, Size3, spread


class AvgPool3d(AvgPool):
    """The mean of every window of a volume [C, D, H, W] (torch.nn.AvgPool3d).

    ``stride`` defaults to the size of the window.
    """

    example: ClassVar[str] = '{ kind = "AvgPool3d", kernel_size = 2, stride = 1 }'
    torch: ClassVar[str] = "nn.AvgPool3d"
    inner: ClassVar[int] = 3

    kind: Literal["AvgPool3d"] = "AvgPool3d"
    kernel_size: Size3
    stride: Size3 | None = None
    padding: Padding3 = 0
    ceil_mode: bool = False
    count_include_pad: bool = True
    divisor_override: Positive | None = None

    def shape(self, *inputs: Shape) -> Shape:
        made = super().shape(*inputs)
        kernel, sizes = spread(self.kernel_size, 3), inputs[0][1:]
        if any(k > n for k, n in zip(kernel, sizes, strict=True)):
            # PyTorch counts no padding here
            message = f"a window of {self.kernel_size} does not fit into {show(sizes)}"
            raise ShapeError(message, "kernel_size")
        return made
