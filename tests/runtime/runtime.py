"""The runtime of generated packages, imported as an ordinary package by all tests here."""

from importlib import import_module
from types import ModuleType
from typing import Any

HOME = "templates.snn_runtime"
LAYERS = ("layers", "norms", "encoders", "delays", "steps", "checks")
"""The modules of the functions and classes that generated networks call."""


def module(name: str) -> ModuleType:
    """A module of the runtime by its dotted name within it: ``training.batches``."""
    return import_module(f"{HOME}.{name}")


def helper(name: str) -> Any:
    """A function or a class that generated networks call, by its name."""
    return next(found for part in LAYERS if (found := getattr(module(part), name, None)))
