"""RandAugment."""

from typing import Annotated, Literal

from pydantic import Field

from snnc.augmentations._torchvision import Photographic
from snnc.sizes import Positive


class RandAugment(Photographic):
    """``num_ops`` of fourteen changes, all of the strength ``magnitude``.

    Cubuk et al., RandAugment: practical automated data augmentation with a reduced search space,
    NeurIPS 2020.
    """

    kind: Literal["RandAugment"] = "RandAugment"
    num_ops: Positive = 2
    magnitude: Annotated[int, Field(ge=0, le=30)] = 9
