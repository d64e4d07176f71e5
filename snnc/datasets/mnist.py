"""MNIST."""

from typing import Literal

from snnc.datasets.idx import IdxImages


class MNIST(IdxImages):
    """70,000 handwritten digits of 28 x 28 pixels; 60,000 to train, 10,000 to test.

    LeCun, Bottou, Bengio and Haffner, Gradient-based learning applied to document recognition,
    Proceedings of the IEEE, 1998.
    """

    kind: Literal["MNIST"] = "MNIST"

    title = "MNIST"
    labels = tuple("0123456789")
    remedy = (
        "On a machine with a network, `wget -P MNIST https://ossci-datasets.s3.amazonaws.com/mnist/"
        "{train-images-idx3,train-labels-idx1,t10k-images-idx3,t10k-labels-idx1}-ubyte.gz` gets it "
        "for `--data-dir MNIST`."
    )
