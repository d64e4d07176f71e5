"""The section [data] of a spec."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict

from snnc.choice import Choice
from snnc.datasets import Dataset


class Data(BaseModel):
    """The data of a network that is converted and not trained here.

    ``[convert]`` finds thresholds on its training samples, and measures accuracy on its test
    samples. A spec with ``[train]`` states its dataset there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    dataset: Annotated[Dataset, Choice("snnc.datasets")]
