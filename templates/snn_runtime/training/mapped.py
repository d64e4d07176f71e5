"""Samples that stay in files: a batch reads what it needs of them, and no more."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .settings import RunError


class Mapped:
    """The rows of some .npy files, one file after another, as if they were a tensor.

    ``rows`` are those that are meant, in their order.
    """

    def __init__(self, paths: Sequence[Path], rows: Tensor | None = None) -> None:
        self.paths = [*paths]
        files = [opened(path) for path in self.paths]
        self.ends = np.cumsum([len(file) for file in files])
        self.inner, self.dtype = tuple(files[0].shape[1:]), files[0].dtype
        for path, file in zip(self.paths, files, strict=True):
            if (file.shape[1:], file.dtype) != (self.inner, self.dtype):
                other = f"{file.dtype} {file.shape[1:]}"
                first = f"{self.dtype} {self.inner} as in {self.paths[0]}"
                raise RunError(f"{path} holds {other}, and not {first}.")
        self.rows = torch.arange(int(self.ends[-1])) if rows is None else rows

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def shape(self) -> tuple[int, ...]:
        """[N, ...], as that of a tensor."""
        return (len(self.rows), *self.inner)

    def dim(self) -> int:
        """How many axes there are."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """How many bytes all rows are."""
        return int(np.prod(self.shape)) * int(self.dtype.itemsize)

    def to(self, _: torch.device) -> "Mapped":
        """The same: files stay where they are."""
        return self

    def at(self, chosen: Tensor | slice) -> "Mapped":
        """Some of the rows, unread."""
        return Mapped(self.paths, self.rows[chosen])

    def __getitem__(self, index: int | Tensor) -> Tensor:
        """The rows of these indices, read."""
        if not isinstance(index, Tensor):
            return self[torch.tensor([index])][0]
        rows = self.rows[index.cpu()].numpy()
        found = np.empty((len(rows), *self.inner), self.dtype.newbyteorder("="))
        which = np.searchsorted(self.ends, rows, side="right")
        for number in np.unique(which):
            own, start = which == number, self.ends[number - 1] if number else 0
            found[own] = opened(self.paths[number])[rows[own] - start]
        return torch.from_numpy(found)


def opened(path: Path) -> Any:
    """The array of a file, unread. Raises RunError; no pickle is read."""
    try:
        found = np.load(path, mmap_mode="r", allow_pickle=False)
    except (EOFError, OSError, ValueError) as error:
        raise RunError(f"{path} cannot be read: {error}.") from error
    if (
        not isinstance(found, np.ndarray)
        or not found.ndim
        or found.dtype.kind not in "biuf"
    ):
        raise RunError(f"{path} is no .npy file with an array of numbers.")
    if found.dtype.kind == "u" and found.dtype.itemsize > 1 or found.dtype.itemsize > 8:
        raise RunError(f"{path} holds {found.dtype}: write float32, int64 or uint8.")
    return found


def files(folder: Path, name: str) -> list[Path]:
    """NAME.npy, or its parts NAME_0.npy, NAME_1.npy, … in order. Raises RunError."""
    whole = folder / f"{name}.npy"
    parts = folder.glob(f"{name}_*.npy") if folder.is_dir() else ()
    numbered = {each: each.stem.removeprefix(f"{name}_") for each in parts}
    own = {each: int(number) for each, number in numbered.items() if number.isdecimal()}
    found = [whole] if whole.is_file() else sorted(own, key=lambda each: own[each])
    if not found:
        how = f"`numpy.save` writes it, or {name}_0.npy, {name}_1.npy, …"
        raise RunError(f"There is no {whole}: {how}")
    return found
