"""Datasets: labelled images to train on; one per file.

A dataset brings the part of the generated data.py that is its own: imports and, in ``loader()``,
a function ``read(data_dir: Path) -> Data``. Images are bytes from 0 to ``white``, [N, H, W] or
[N, C, H, W]; they reach the network as floats in [0, 1].
"""

from typing import ClassVar

from snnc.kinds import Kind


class Dataset(Kind):
    """Labelled images in two splits, one to train and one to test."""

    title: ClassVar[str]
    """Its name in sentences and pictures."""
    shape: ClassVar[tuple[int, ...]]
    """Of one sample."""
    labels: ClassVar[tuple[str, ...]]
    """What the classes are called."""
    white: ClassVar[int] = 255
    standard_library: ClassVar[tuple[str, ...]] = ()
    third_party: ClassVar[tuple[str, ...]] = ()
    """The import statements that ``loader()`` needs beyond those of every data.py."""

    @property
    def classes(self) -> int:
        """How many there are."""
        return len(self.labels)

    def loader(self) -> str:
        """Formatted source text: ``read`` and what it calls."""
        raise NotImplementedError
