"""mean_iou."""

from typing import ClassVar, Literal

from snnc.labels import Form
from snnc.metrics import Metric


class MeanIoU(Metric):
    """The mean over classes of overlap by union, over all places of all samples together.

    A class that neither a label nor an answer has is left out (Everingham et al., The PASCAL visual
    object classes challenge, IJCV 2010). An output at every time step counts by its mean.
    """

    kind: Literal["mean_iou"] = "mean_iou"

    wants: ClassVar[Literal["labels", "x"] | None] = "labels"
    forms: ClassVar[tuple[Form, ...]] = ("map",)
    says: ClassVar[str] = "Overlaps and unions of each class."

    def source(self, y: str = "y", over_time: bool = False, timed: bool = False) -> str:
        answer = f"{y}.mean(0)" if over_time else y
        return f"training.overlaps({answer}, labels)"
