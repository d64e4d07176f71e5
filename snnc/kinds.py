"""Kinds: what can be named in a spec. One per file; a folder of them is a catalog."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict


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

    A module that cannot be imported raises, and so do two kinds of one name: a kind that is
    silently missing would be worse.
    """
    found: dict[str, type[Kind]] = {}
    folder = importlib.import_module(package)
    for module in sorted(pkgutil.iter_modules(folder.__path__), key=lambda m: m.name):
        for kind in _kinds_of(f"{package}.{module.name}"):
            name = kind.model_fields["kind"].default
            if name in found:
                raise TypeError(f"two kinds are called {name}: {found[name]} and {kind}")
            found[name] = kind
    return MappingProxyType(dict(sorted(found.items())))


def _kinds_of(module: str) -> list[type[Kind]]:
    names = vars(importlib.import_module(module)).values()
    kinds = [n for n in names if isinstance(n, type) and issubclass(n, Kind)]
    return [k for k in kinds if k.__module__ == module and _named(k)]


def _named(kind: type[Kind]) -> bool:
    default = kind.model_fields["kind"].default
    return isinstance(default, str) and default != ""
