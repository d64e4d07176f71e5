"""The memory that a pretended GPU may touch: the tensors of the call at hand."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Bytes = NDArray[np.uint8]
Words = NDArray[np.int64]
_watched: list["Region"] = []


class MemoryFault(Exception):
    """A kernel did with memory what it must not do."""


@dataclass
class Region:
    """One tensor: its bytes, and for each byte the thread that stored it; -1 for nobody yet."""

    base: int
    bytes: Bytes
    constant: bool = False
    writer: Words = field(init=False)

    def __post_init__(self) -> None:
        self.writer = np.full(self.bytes.size, -1)

    def load(self, at: Words, size: int, threads: Words) -> Bytes:
        """What threads read, a row each; of a result only what the thread itself stored."""
        index = self.index(at, size)
        if not self.constant and (self.writer[index] != threads[:, None]).any():
            raise MemoryFault("read of what this thread has not written")
        return self.bytes[index]

    def store(self, at: Words, values: Bytes, threads: Words) -> None:
        """Stores once and for all; a second store anywhere is an error."""
        index = self.index(at, values.shape[1])
        if self.constant:
            raise MemoryFault("store into an operand")
        if (self.writer[index] != -1).any() or np.unique(at).size != at.size:
            raise MemoryFault("two stores to one address")
        self.bytes[index] = values
        self.writer[index] = threads[:, None]

    def index(self, at: Words, size: int) -> Words:
        """The bytes at these addresses; raises outside or between elements."""
        start = at - self.base
        if (start % size).any():
            raise MemoryFault(f"misaligned access of {size} bytes")
        if start.size and (start.min() < 0 or start.max() + size > self.bytes.size):
            raise MemoryFault("access outside the tensor")
        return np.asarray(start[:, None] + np.arange(size))


@contextmanager
def watch(tensors: Iterable[Tensor]) -> Iterator[None]:
    """Makes tensors the only memory there is."""
    found = [Region(t.data_ptr(), raw(t)) for t in tensors if t.numel()]
    _watched[:] = found
    try:
        yield
    finally:
        _watched.clear()


def raw(tensor: Tensor) -> Bytes:
    """The bytes of a dense tensor, in the order in which they lie in memory."""
    flat = tensor.detach().as_strided((tensor.numel(),), (1,))
    view: Bytes = flat.view(torch.uint8).numpy()
    return view


def region_at(address: int, constant: bool) -> Region:
    """The watched tensor that begins at an address: as an operand or as a result."""
    for region in _watched:
        if region.base == address:
            return Region(region.base, region.bytes, constant)
    raise MemoryFault("a pointer to no tensor of this call")
