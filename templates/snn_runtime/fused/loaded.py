"""A kernel on a GPU, whatever compiled it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Loaded:
    """A compiled kernel.

    ``launch`` takes the number of blocks, that of threads in a block, and arguments of 64 bits. It
    launches on PyTorch's current stream of the kernel's device, which is the current one.
    """

    launch: Callable[[int, int, Sequence[int]], None]
    by: str  # what compiled it, with its version
