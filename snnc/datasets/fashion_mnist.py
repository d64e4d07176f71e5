"""FashionMNIST."""

from typing import Literal

from snnc.datasets.idx import IdxImages


class FashionMNIST(IdxImages):
    """70,000 pictures of clothes, 28 x 28 pixels; 60,000 for training, 10,000 for testing.

    The dataset replaces MNIST and is harder (Xiao, Rasul and Vollgraf, Fashion-MNIST: a novel image
    dataset for benchmarking machine learning algorithms, 2017).
    """

    kind: Literal["FashionMNIST"] = "FashionMNIST"

    title = "Fashion-MNIST"
    labels = (
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    )
    system = "/usr/share/datasets/fashion-mnist"
    remedy = "`sudo apt install dataset-fashion-mnist`; or name their folder with --data-dir"
