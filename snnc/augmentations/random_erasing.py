"""RandomErasing."""

from typing import Annotated, Literal

from pydantic import Field

from snnc.augmentations._torchvision import OneByOne


class RandomErasing(OneByOne):
    """A rectangle of up to a third of the image set to zero, with probability ``p``.

    Zhong et al., Random erasing data augmentation, AAAI 2020.
    """

    kind: Literal["RandomErasing"] = "RandomErasing"
    p: Annotated[float, Field(ge=0, le=1)] = 0.5
