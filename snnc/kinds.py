"""Kinds: what can be named in a spec. One per file; a folder of them is a catalog."""

import importlib
import os
import pkgutil
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from snnc.lazy import LazyMapping

_STATED = re.compile(rb'^    kind: Literal\["(\w+)"\] = "\1"', re.MULTILINE)


class Kind(BaseModel):
    """Something a spec names by ``kind = "X"``: its fields are the keys that may stand beside it.

    A subclass declares ``kind: Literal["X"] = "X"`` and documents itself in its docstring.
    """

    # built when first needed: a spec uses few of the kinds
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        defer_build=True,
        protected_namespaces=(),
    )

    kind: str


def keys_of(kind: type[BaseModel]) -> frozenset[str]:
    """The keys that a table of this kind may have."""
    return frozenset(field.alias or name for name, field in kind.model_fields.items())


@cache
def catalog(package: str) -> Mapping[str, type[Kind]]:
    """Every kind in the modules of ``package``, by its name, sorted.

    A module is imported when one of its kinds is asked for: its text says which it has. One that
    cannot be imported raises then, and two kinds of one name do so at once: a kind that is
    silently missing would be worse.
    """
    modules = _modules(package)
    return LazyMapping(dict(sorted(modules.items())), lambda name: _kind(modules, name), every=True)


def _kind(modules: Mapping[str, str], name: str) -> type[Kind]:
    kinds = {kind.model_fields["kind"].default: kind for kind in _kinds_of(modules[name])}
    return kinds[name]


def _modules(package: str) -> dict[str, str]:
    """The modules of a package, by the names of the kinds in them."""
    found: dict[str, str] = {}
    for module, folder in sorted(_files(package).items()):
        path = f"{package}.{module}"
        for name in _names(path, f"{folder}/{module}.py"):
            if name in found:
                both = f"{found[name]} and {path}"
                raise TypeError(f"two kinds are called {name}: those of {both}")
            found[name] = path
    return found


def _files(package: str) -> dict[str, str]:
    """The modules of a package, each with its folder: the first of the package's that has it."""
    folders = [*importlib.import_module(package).__path__]
    return {module: folder for folder in reversed(folders) for module in _listed(folder)}


def _listed(folder: str) -> list[str]:
    """The modules in a folder; in an archive, those that its finder tells."""
    try:
        names = [entry.name.rpartition(".") for entry in os.scandir(folder)]
    except NotADirectoryError:
        return [module.name for module in pkgutil.iter_modules([folder])]
    return [name for name, _, end in names if end in ("py", "pyc") and name != "__init__"]


def _names(path: str, file: str) -> list[str]:
    """The names of the kinds in a module, from its text; without one, from the module itself."""
    try:
        with Path(file).open("rb", 0) as opened:
            text = opened.read()
    except OSError:
        return [str(kind.model_fields["kind"].default) for kind in _kinds_of(path)]
    return [name.decode() for name in _STATED.findall(text)]


def _kinds_of(module: str) -> list[type[Kind]]:
    names = vars(importlib.import_module(module)).values()
    kinds = [n for n in names if isinstance(n, type) and issubclass(n, Kind)]
    return [k for k in kinds if k.__module__ == module and _named(k)]


def _named(kind: type[Kind]) -> bool:
    default = kind.model_fields["kind"].default
    return isinstance(default, str) and default != ""
