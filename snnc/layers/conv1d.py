"""Conv1d."""

from typing import ClassVar, Literal

from snnc.layers._conv import Conv
from snnc.sizes import Padding1, Size1


class Conv1d(Conv):
    """A convolution over [C, L] (torch.nn.Conv1d).

    ``in_channels`` is inferred. A stated value is checked.
    """

    example: ClassVar[str] = '{ kind = "Conv1d", out_channels = 32, kernel_size = 5, stride = 2 }'
    torch: ClassVar[str] = "nn.Conv1d"
    axes: ClassVar[str] = "C, L"

    kind: Literal["Conv1d"] = "Conv1d"
    kernel_size: Size1
    stride: Size1 = 1
    padding: Padding1 | Literal["same", "valid"] = 0
    dilation: Size1 = 1
