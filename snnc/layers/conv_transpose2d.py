"""ConvTranspose2d."""

from math import prod
from typing import ClassVar, Literal

from snnc.layer import Role
from snnc.layers._conv import Conv
from snnc.shapes import Shape, ShapeError
from snnc.sizes import AXES, Padding2, Size2, spread


class ConvTranspose2d(Conv):
    """A transposed convolution over [C, H, W] (torch.nn.ConvTranspose2d).

    The output is larger by the factor ``stride``. ``output_padding`` adds to one side of the
    output, because several output sizes belong to one input size. ``in_channels`` is inferred. A
    stated value is checked.
    """

    example: ClassVar[str] = (
        '{ kind = "ConvTranspose2d", out_channels = 32, kernel_size = 2, stride = 2 }'
    )
    torch: ClassVar[str] = "nn.ConvTranspose2d"
    axes: ClassVar[str] = AXES[2]
    role: ClassVar[Role] = ""
    order: ClassVar[tuple[str, ...]] = (
        *("kernel_size", "stride", "padding", "output_padding"),
        *("groups", "bias", "dilation"),
    )

    kind: Literal["ConvTranspose2d"] = "ConvTranspose2d"
    kernel_size: Size2
    stride: Size2 = 1
    padding: Padding2 = 0
    output_padding: Padding2 = 0
    dilation: Size2 = 1
    padding_mode: Literal["zeros"] = "zeros"

    def macs(self, *inputs: Shape) -> int:
        # every input meets the filter
        return prod(inputs[0][1:]) * (self.parameters(*inputs) - self.out_channels * self.bias)

    def corners(self, corner: Shape, *inputs: Shape) -> tuple[Shape, ...]:
        return inputs

    def _sizes(self, sizes: Shape) -> Shape:
        fields = (
            self.kernel_size, self.stride, self.padding, self.output_padding, self.dilation
        )  # fmt: skip
        made = tuple(map(_enlarged, sizes, *(spread(field, len(sizes)) for field in fields)))
        if min(made) < 1:
            raise ShapeError(f"`padding` of {self.padding} leaves nothing", "padding")
        return made


def _enlarged(size: int, kernel: int, stride: int, padding: int, extra: int, dilation: int) -> int:
    """One axis, by PyTorch's formula."""
    if extra >= max(stride, dilation):
        message = "`output_padding` must be smaller than `stride` or `dilation`"
        raise ShapeError(message, "output_padding")
    return (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + extra + 1
