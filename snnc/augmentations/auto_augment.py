"""AutoAugment."""

from typing import Literal

from snnc.augmentations._torchvision import Photographic


class AutoAugment(Photographic):
    """Two of fourteen changes, by the policy that was learned on CIFAR-10.

    Cubuk et al., AutoAugment: learning augmentation strategies from data, CVPR 2019.
    """

    kind: Literal["AutoAugment"] = "AutoAugment"

    def source(self) -> str:
        return "one_by_one(images, v2.AutoAugment(v2.AutoAugmentPolicy.CIFAR10))"
