"""BatchNorm2d."""

from typing import ClassVar, Literal

from snnc.layers._batch_norm import BatchNorm


class BatchNorm2d(BatchNorm):
    """Batch norm of images [C, H, W] (torch.nn.BatchNorm2d).

    ``stats`` selects the statistics: those of the whole sequence, or those of each time step.
    """

    example: ClassVar[str] = '{ kind = "BatchNorm2d", stats = "step" }'
    torch: ClassVar[str] = "nn.BatchNorm2d"
    inner: ClassVar[int] = 2

    kind: Literal["BatchNorm2d"] = "BatchNorm2d"
