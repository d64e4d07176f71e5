"""Translations of PyTorch's modules, functions and methods: one file per family.

A new one goes into the ``TABLE`` of a family: a handler, and the names that it handles.
"""

import operator
from collections.abc import Iterator, Mapping
from types import MappingProxyType

import torch
from torch import Tensor, nn
from torch.nn import functional

from snnc.exchange.torch_fx.handlers import (
    activations,
    arithmetic,
    axes,
    borders,
    dropping,
    indices,
    matrices,
    merging,
    normalising,
    pooling,
    reshaping,
    weighted,
)
from snnc.exchange.torch_fx.types import Handler

_SPACES = {
    "nn": nn, "F": functional, "torch": torch, "operator": operator, "Tensor": Tensor
}  # fmt: skip
_FAMILIES = (
    weighted,
    normalising,
    pooling,
    activations,
    arithmetic,
    merging,
    axes,
    borders,
    matrices,
    reshaping,
    dropping,
    indices,
)


def _named(word: str) -> Iterator[object]:
    """All that has this name; ``F.batch_norm`` is only that. A method is its name."""
    space, _, name = word.rpartition(".")
    for where in (space,) if space else _SPACES:
        if hasattr(_SPACES[where], name):
            yield name if where == "Tensor" else getattr(_SPACES[where], name)


def _table() -> Iterator[tuple[object, Handler]]:
    for family in _FAMILIES:
        for words, handler in family.TABLE.items():
            for word in words.split():
                yield from ((target, handler) for target in _named(word))


_FOUND: dict[object, Handler] = dict(_table())
_FOUND.update(reshaping.BY_NAME.items())
HANDLERS: Mapping[object, Handler] = MappingProxyType(_FOUND)
"""By class of module, function, or name of a method."""

WORDS: tuple[str, ...] = tuple(
    word.rpartition(".")[2]
    for family in _FAMILIES
    for words in family.TABLE
    for word in words.split()
)
"""Every name that is understood."""


def spoken(target: object) -> str:
    """A target as people write it: ``nn.Conv2d``, ``F.relu``, ``Tensor.relu``."""
    if isinstance(target, str):
        return f"Tensor.{target}"
    name = getattr(target, "__name__", str(target))
    for prefix, space in _SPACES.items():
        if getattr(space, name, None) is target:
            return f"{prefix}.{name}"
    return f"{getattr(target, '__module__', '?')}.{name}"
