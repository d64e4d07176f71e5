"""Digests: what plain values and tensors hold, as 64 hexadecimal digits."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Protocol

import torch
from torch import Tensor

PLAIN = (bool, int, float, str, bytes, type(None))
MOST = 2**26  # bytes of a split that are read; of a larger one only some samples are


class Samples(Protocol):
    """A split as it is stored: samples [N, ...] and labels [N, ...]."""

    @property
    def samples(self) -> Tensor: ...

    @property
    def labels(self) -> Tensor: ...


class Splits(Protocol):
    """What data.py loads."""

    @property
    def train(self) -> Samples: ...

    @property
    def validation(self) -> Samples | None: ...

    @property
    def test(self) -> Samples: ...


def digest(value: object) -> str:
    """The SHA-256 of plain values and tensors, nested in mappings, lists and tuples.

    Raises TypeError for a value of any other type.
    """
    found = sha256()
    for piece in pieces(value):
        found.update(piece)
    return found.hexdigest()


def pieces(value: object) -> Iterator[bytes]:
    """The bytes that stand for a value; no two values have the same."""
    if isinstance(value, Tensor):
        yield f"tensor {value.dtype} {list(value.shape)}\n".encode()
        flat = value.detach().cpu().contiguous().view(-1)
        yield flat.view(torch.uint8).numpy().tobytes()
    elif isinstance(value, Mapping):
        yield f"mapping {len(value)}\n".encode()
        for pair in value.items():
            yield from pieces(pair)
    elif isinstance(value, (list, tuple)):
        yield f"{type(value).__name__} {len(value)}\n".encode()
        for item in value:
            yield from pieces(item)
    elif isinstance(value, PLAIN):
        text = repr(value).encode("utf-8", "surrogatepass")
        yield f"{type(value).__name__} {len(text)}\n".encode() + text
    else:
        raise TypeError(f"a {type(value).__name__} has no digest")


def of_splits(data: Splits) -> dict[str, str]:
    """The digest of each split, by its name."""
    splits = {"train": data.train, "validation": data.validation, "test": data.test}
    return {
        name: digest([some(split.samples), split.labels, list(split.samples.shape)])
        for name, split in splits.items()
        if split is not None
    }


def some(samples: Tensor) -> Tensor:
    """All samples, or as many of them, evenly spaced, as `MOST` bytes hold."""
    size = samples.numel() * samples.element_size()
    return samples[:: -(-size // MOST)] if size else samples
