"""BatchNorm1d."""

from typing import ClassVar, Literal

from snnc.layers._batch_norm import BatchNorm


class BatchNorm1d(BatchNorm):
    """Batch norm of features [C] or sequences [C, L] (torch.nn.BatchNorm1d).

    ``stats`` selects the statistics: those of the whole sequence, or those of each time step.
    """

    example: ClassVar[str] = '{ kind = "BatchNorm1d", momentum = 0.01 }'
    torch: ClassVar[str] = "nn.BatchNorm1d"
    inner: ClassVar[int] = 1

    kind: Literal["BatchNorm1d"] = "BatchNorm1d"
