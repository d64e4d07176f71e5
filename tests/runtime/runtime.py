"""The runtime of generated packages, imported as an ordinary package by all tests here.

``HOME`` is the only place that says where it is.
"""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

HOME = "templates.snn_runtime" if find_spec("templates.snn_runtime") else "templates"

LAYERS = ("layers", "norms", "encoders", "delays", "steps", "checks")
"""The modules of the functions and classes that generated networks call."""


def module(name: str) -> ModuleType:
    """A module of the runtime by its dotted name within it: ``training.batches``."""
    return import_module(f"{HOME}.{name}")


def helper(name: str) -> Any:
    """A function or a class that generated networks call, by its name."""
    if HOME == "templates":
        return _pieces()[name]
    return next(found for part in LAYERS if (found := getattr(module(part), name, None)))


def _pieces() -> dict[str, Any]:
    """All pieces of templates/helpers in one namespace, as a generated package has them."""
    import math
    from collections.abc import Callable, Mapping, Sequence
    from typing import Generic, TypeVar, cast

    fused = module("fused")
    names: dict[str, Any] = {
        "torch": torch,
        "F": F,
        "Tensor": Tensor,
        "nn": nn,
        "math": math,
        "Any": Any,
        "Callable": Callable,
        "Mapping": Mapping,
        "Sequence": Sequence,
        "cast": cast,
        "Generic": Generic,
        "TypeVar": TypeVar,
        "uniform": fused.uniform,
        "bernoulli": fused.bernoulli,
    }
    for piece in sorted(Path(__file__).parents[2].glob("templates/helpers/*.py")):
        exec(piece.read_text("utf-8"), names)
    return names
