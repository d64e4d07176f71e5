"""What MNIST and its like share: four IDX files, found in a folder or fetched by torchvision.

The format is described at the foot of LeCun's MNIST page: a magic number that states type and
rank, the sizes as big-endian 32-bit integers, then the values.
"""

from string import Template
from textwrap import wrap
from typing import ClassVar

from snnc.datasets import Dataset


class IdxImages(Dataset):
    """28 x 28 images in MNIST's format, under the name that torchvision gives them."""

    shape = (1, 28, 28)
    standard_library = ("import gzip", "import math", "import struct", "import zlib")
    third_party = ("import numpy as np",)
    system: ClassVar[str | None] = None
    """A folder in which an operating system's package puts the files."""
    remedy: ClassVar[str]
    """A sentence that says how to get the files by hand."""

    def loader(self) -> str:
        folders = [f"{self.kind}/raw", ".", *([self.system] if self.system else [])]
        return Template(_LOADER).substitute(
            title=self.title,
            folders=", ".join(f'"{folder}"' for folder in folders),
            torchvision=self.kind,
            remedy=_strings(self.remedy),
        )


def _strings(text: str) -> str:
    """A text as adjacent string literals, one a line."""
    lines = wrap(text, 60, break_long_words=False, break_on_hyphens=False)
    return "\n    ".join(f'"{line} "' for line in lines[:-1]) + f'\n    "{lines[-1]}"'


_LOADER = '''\
# Below --data-dir: where torchvision puts them, on their own; or where a package did.
FOLDERS = ($folders)
REMEDY = (
    $remedy
)


def read(data_dir: Path) -> Data:
    """The four IDX files of $title, fetched by torchvision if they are nowhere."""
    folder = find(data_dir) or download(data_dir)
    return Data(
        read_idx(folder, "train-images-idx3-ubyte", rank=3),
        read_idx(folder, "train-labels-idx1-ubyte", rank=1),
        read_idx(folder, "t10k-images-idx3-ubyte", rank=3),
        read_idx(folder, "t10k-labels-idx1-ubyte", rank=1),
    )


def find(data_dir: Path) -> Path | None:
    """The first of the folders that holds the files."""
    for folder in FOLDERS:
        if any((data_dir / folder).glob("train-images-idx3-ubyte*")):
            return data_dir / folder
    return None


def download(data_dir: Path) -> Path:
    """Lets torchvision fetch the files into data_dir."""
    try:
        from torchvision import datasets  # type: ignore[import-untyped, unused-ignore]

        datasets.$torchvision(data_dir, download=True)
    except (ImportError, OSError, RuntimeError) as error:
        problem = f"$title is not in {data_dir} and cannot be downloaded"
        raise DataError(f"{problem}. {REMEDY}") from error
    return data_dir / FOLDERS[0]


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
