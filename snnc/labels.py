"""Forms of labels: what the data say of a sample, and a loss compares an output with."""

from collections.abc import Mapping
from typing import Literal

Form = Literal["class", "map", "several", "values", "sequence"]
"""A class per sample, one per place, a share per class, wanted values, or a sequence of classes."""
SAID: Mapping[Form, str] = {
    "class": "a class per sample",
    "map": "a class per place",
    "several": "several labels per sample",
    "values": "values",
    "sequence": "a sequence of labels",
}
"""Each form in a sentence."""
