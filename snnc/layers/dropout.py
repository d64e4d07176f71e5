"""Dropout."""

from typing import ClassVar, Literal

from snnc.layers._dropout import AnyDropout


class Dropout(AnyDropout):
    """Zeroes elements with probability ``p`` in training and scales the others by 1/(1 - p).

    ``mask = "sequence"`` (the usual choice in SNNs) drops the same elements at all steps of a
    sample, ``"step"`` draws anew at every step.
    """

    classes: ClassVar[dict[str, str]] = {
        "sequence": "Dropout",
        "step": "StepDropout",
    }

    kind: Literal["Dropout"] = "Dropout"
