"""Output formats of findings: one module per format; a new module is a new format."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType

from snnc.formats._run import Meaning, Run
from snnc.source.diagnostic import Diagnostic

__all__ = ["Meaning", "Run", "formats", "names", "render"]

Render = Callable[[Sequence[Diagnostic]], str]


def names() -> tuple[str, ...]:
    """Every format's name, sorted."""
    modules = (module.name for module in pkgutil.iter_modules(__path__))
    return tuple(sorted(name for name in modules if not name.startswith("_")))


def formats() -> Mapping[str, Render]:
    """Every format by its name; its module is imported when it is first used."""
    return MappingProxyType({name: partial(render, name) for name in names()})


def render(name: str, diagnostics: Sequence[Diagnostic], run: Run | None = None) -> str:
    """Write ``diagnostics`` of a run in the format of that name. Raises LookupError."""
    if name not in names():
        raise LookupError(f"no format is called {name}")
    text: str = importlib.import_module(f"{__name__}.{name}").render(diagnostics, run or Run())
    return text
