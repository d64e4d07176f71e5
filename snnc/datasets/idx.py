"""The base of MNIST and similar datasets: four IDX files in a folder.

The format is described on LeCun's MNIST page: a magic number that states type and rank, the sizes
as big-endian 32-bit integers, then the values.
"""

from string import Template
from typing import ClassVar

from snnc.datasets._pictures import Pictures
from snnc.datasets._text import strings, torchvision


class IdxImages(Pictures):
    """28 x 28 images in MNIST's format, under the name that torchvision gives them."""

    shape = (1, 28, 28)
    standard_library: ClassVar[tuple[str, ...]] = (
        "import gzip",
        "import math",
        "import struct",
        "import zlib",
    )
    third_party = ("import numpy as np",)
    system: ClassVar[str | None] = None
    """A folder in which an operating system's package puts the files."""
    remedy: ClassVar[str]
    """Another way to get the files: the end of a sentence that names torchvision's."""
    elsewhere: ClassVar[str] = ""
    """Formatted source text: lines of ``read`` that look for the images in another format."""

    def source(self, timed: bool) -> str:
        folders = [f"{self.kind}/raw", ".", *([self.system] if self.system else [])]
        missing = (
            f"{self.title} is not in {{data_dir}}: {torchvision(self.kind)} gets it, and so does "
            f"{self.remedy}."
        )
        return Template(_SOURCE).substitute(
            title=self.title,
            folders=", ".join(f'"{folder}"' for folder in folders),
            elsewhere=self.elsewhere,
            missing=strings(missing),
        )


_SOURCE = '''\
# Below --data-dir: where torchvision puts them, on their own; or where a package did.
FOLDERS = ($folders)
MISSING = (
    $missing
)


def read(data_dir: Path) -> tuple[Split, Split]:
    """The four IDX files of $title, from the first folder that has them."""
    for folder in (data_dir / name for name in FOLDERS):
        if any(folder.glob("train-images-idx3-ubyte*")):
            return read_split(folder, "train"), read_split(folder, "t10k")
$elsewhere    raise DataError(MISSING.format(data_dir=data_dir))


def read_split(folder: Path, split: str) -> Split:
    """The images and the labels of one split."""
    images = read_idx(folder, f"{split}-images-idx3-ubyte", rank=3)
    labels = read_idx(folder, f"{split}-labels-idx1-ubyte", rank=1)
    return checked(images.unsqueeze(1), labels)


def read_idx(folder: Path, name: str, rank: int) -> Tensor:
    """Reads an IDX file of bytes: a magic number, the sizes, the values."""
    path = folder / name
    path = path if path.exists() else path.with_name(f"{name}.gz")
    content = read_bytes(path)
    start = 4 + 4 * rank
    if len(content) < start or content[:4] != bytes([0, 0, 8, rank]):
        raise DataError(f"{path} is not an IDX file of bytes with rank {rank}.")
    sizes = struct.unpack(f">{rank}I", content[4:start])
    expected = start + math.prod(sizes)
    if len(content) != expected:
        raise DataError(f"{path} has {len(content)} bytes instead of {expected}.")
    values = np.frombuffer(content, np.uint8, offset=start).reshape(sizes)
    return torch.from_numpy(values.copy())


def read_bytes(path: Path) -> bytes:
    """The content of a file, unzipped."""
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if path.suffix == ".gz" else content
    except (EOFError, OSError, zlib.error) as error:
        raise DataError(f"{path} cannot be read: {error}.") from error
'''
