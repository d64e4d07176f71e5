"""ctc."""

from typing import Literal

from snnc.labels import Form
from snnc.losses import Loss
from snnc.sizes import Natural


class CTC(Loss):
    """Minus the log-probability of a sequence of labels, summed over all ways to align it.

    A label is a sequence of classes, shorter than the time steps, and -1 stands behind its end. The
    output at every time step is a class or ``blank``, which is no label (Graves et al.,
    Connectionist temporal classification, ICML 2006). The loss of a sample is divided by the number
    of its labels.
    """

    kind: Literal["ctc"] = "ctc"
    over: Literal["steps"] = "steps"
    blank: Natural = 0

    @property
    def form(self) -> Form:
        return "sequence"

    @property
    def padded(self) -> str:
        return f"training.ctc(y, labels, lengths, blank={self.blank})"

    def source(self, y: str = "y", smoothing: str = "smoothing") -> str:
        return f"training.ctc({y}, labels, blank={self.blank})"
