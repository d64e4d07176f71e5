"""Digits."""

from typing import Literal

from snnc.datasets._pictures import Pictures


class Digits(Pictures):
    """1,797 handwritten digits of 8 x 8 pixels that come with scikit-learn: nothing to download.

    The split is fixed: 1,437 samples for training, 360 for testing (Alpaydin and Kaynak, Optical
    recognition of handwritten digits, UCI repository, 1998).
    """

    kind: Literal["Digits"] = "Digits"

    mirrors = False
    title = "scikit-learn's digits"
    shape = (1, 8, 8)
    labels = tuple("0123456789")
    third_party = ("import numpy as np",)

    @property
    def scale(self) -> int:
        return 16

    def source(self, timed: bool) -> str:
        return _SOURCE


_SOURCE = '''\
def read(data_dir: Path) -> tuple[Split, Split]:
    """The digits inside scikit-learn, shuffled once and for all (data_dir is not used)."""
    try:
        from sklearn.datasets import load_digits  # type: ignore[import-untyped, unused-ignore]
    except ImportError as error:
        raise DataError("The digits come with it: pip install scikit-learn") from error
    digits = load_digits()
    order = np.random.RandomState(0).permutation(len(digits.target))
    images = torch.from_numpy(digits.images[order]).to(torch.uint8).unsqueeze(1)
    labels = torch.from_numpy(digits.target[order])
    train, test = (images[:1437], labels[:1437]), (images[1437:], labels[1437:])
    return checked(*train), checked(*test)
'''
