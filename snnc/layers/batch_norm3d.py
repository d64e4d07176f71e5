"""BatchNorm3d."""

from typing import ClassVar, Literal

from snnc.layers._batch_norm import BatchNorm


class BatchNorm3d(BatchNorm):
    """Batch norm of volumes [C, D, H, W] (torch.nn.BatchNorm3d).

    ``stats`` selects the statistics: those of the whole sequence, or those of each time step.
    """

    example: ClassVar[str] = '{ kind = "BatchNorm3d", eps = 1e-4 }'
    torch: ClassVar[str] = "nn.BatchNorm3d"
    inner: ClassVar[int] = 3

    kind: Literal["BatchNorm3d"] = "BatchNorm3d"
