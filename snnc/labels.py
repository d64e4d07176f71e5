"""Forms of labels: what the data say of a sample, and a loss compares an output with."""

from collections.abc import Mapping
from typing import Literal

Form = Literal["class", "map", "several", "values"]
"""A class per sample, a class per place of it, a share per class, or the wanted values."""
SAID: Mapping[Form, str] = {
    "class": "a class per sample",
    "map": "a class per place",
    "several": "several labels per sample",
    "values": "values",
}
"""Each form in a sentence."""
