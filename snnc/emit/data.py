"""The context of data.py.jinja beside the dataset itself: imports and helpers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from snnc.datasets import Dataset
from snnc.emit.environment import ordered


def data_context(data: Dataset) -> Mapping[str, Any]:
    """The words of the template.

    ``imports``: two lists of statements, the standard library's and all others. ``augment``: the
    augmentations, ``helpers``: the functions that these call. ``torchvision``: the first of them
    that is torchvision's, or "".
    """
    names = [change.kind for change in data.changes if change.torchvision]
    helpers = dict.fromkeys(change.helper for change in data.changes)
    return {
        "data": data,
        "augment": data.changes,
        "helpers": list(helpers),
        "torchvision": names[0] if names else "",
        "imports": (ordered([*_standard(data)]), ordered([*_third_party(data)])),
    }


def _standard(data: Dataset) -> Iterator[str]:
    yield from data.standard_library
    yield from ("from dataclasses import dataclass", "from pathlib import Path")
    if data.changes:
        yield "from dataclasses import replace"
    yield from _of_changes(data, ours=True)
    if any(change.torchvision for change in data.changes):
        yield "from importlib.util import find_spec"


def _third_party(data: Dataset) -> Iterator[str]:
    yield from data.third_party
    yield from ("import torch", "from torch import Tensor")
    yield from _of_changes(data, ours=False)
    if data.validation:
        yield "import numpy as np"


def _of_changes(data: Dataset, ours: bool) -> Sequence[str]:
    lines = [line for change in data.changes for line in change.imports]
    return [line for line in lines if ("torch" not in line) == ours]
