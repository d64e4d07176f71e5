"""Kinds that somebody adds, as if their files lay in the folders of snnc."""

import importlib
from pathlib import Path

from snnc.kinds import catalog


def add(folder: Path) -> None:
    """Adds ``folder/layers/x.py`` to snnc.layers, and so on, in this process."""
    for below in sorted(path for path in folder.iterdir() if path.is_dir()):
        package = importlib.import_module(f"snnc.{below.name}")
        package.__path__.append(str(below))
    catalog.cache_clear()
