"""RandomRotation."""

from typing import Annotated, Literal

from pydantic import Field

from snnc.augmentations._torchvision import OneByOne


class RandomRotation(OneByOne):
    """The image turned about its centre by up to ``degrees`` either way; zeros fill the corners."""

    kind: Literal["RandomRotation"] = "RandomRotation"
    degrees: Annotated[float, Field(gt=0, le=180)]
