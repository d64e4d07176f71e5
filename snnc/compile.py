"""Generated files as a package in this process, without writing them."""

import copyreg
import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from hashlib import sha256
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn

    from snnc.emit.runtime import Runtime
    from snnc.emit.types import GeneratedFiles


def alone(name: str, package: Mapping[str, str]) -> "GeneratedFiles":
    """A package of these texts, which belong to no spec; they import :func:`in_process`."""
    from snnc.emit.runtime import files
    from snnc.emit.types import GeneratedFiles

    return GeneratedFiles(name, package, files(), in_process(name))


def in_process(name: str) -> "Runtime":
    """The runtime of packages that are imported without being written."""
    from snnc.emit.runtime import Runtime

    return Runtime(name, _runtime(), _runtime())


def class_of(output: "GeneratedFiles") -> "type[nn.Module]":
    """The class of the network that ``output`` defines."""
    from snnc.names import class_name

    found: type[nn.Module] = getattr(module(output, "model"), class_name(output.name))
    made = output.name, output.runtime.absolute, {**output.package}
    copyreg.pickle(found, lambda net: (_loaded, made, vars(net)))
    return found


def _loaded(name: str, runtime: str, package: Mapping[str, str]) -> "nn.Module":
    """An empty network of a class that another process has compiled, for pickle to fill."""
    from pickle import UnpicklingError

    files = alone(name, package)
    if files.runtime.absolute != runtime:
        hint = "build its package with `snnc build`, which any process can import"
        raise UnpicklingError(f"{name} was compiled by another version of snnc: {hint}")
    kind = class_of(files)
    return kind.__new__(kind)


def module(output: "GeneratedFiles", own: str) -> ModuleType:
    """The module ``own`` of the package that ``output`` defines."""
    from snnc.finder import Finder

    texts = output.package.values()
    digest = sha256("".join(texts).encode()).hexdigest()[:16]
    package = f"_snnc_{output.name}_{digest}"
    if package not in sys.modules:
        Finder(output.runtime.absolute, output.shared).install()
        Finder(package, output.package).install()
    return importlib.import_module(f"{package}.{own}")


def script(output: "GeneratedFiles", module: str) -> Callable[[Sequence[str]], int]:
    """The ``main`` of a generated script, which takes a command line and gives an exit code.

    Scripts import their package by its name, so this is for a process that does nothing else.
    """
    from snnc.finder import Finder

    Finder(output.runtime.absolute, output.shared).install()
    sys.meta_path.insert(0, Finder(output.name, output.package))
    found: Callable[[Sequence[str]], int]
    found = importlib.import_module(f"{output.name}.{module}").main
    return found


def runtime_module(name: str) -> ModuleType:
    """A module of the runtime in this process, as ``page``, which needs no torch."""
    from snnc.emit.runtime import files
    from snnc.finder import Finder

    Finder(_runtime(), files()).install()
    return importlib.import_module(f"{_runtime()}.{name}")


@cache
def _runtime() -> str:
    """The name that the runtime of this snnc has in the process: one for each text."""
    from snnc.emit.runtime import files

    digest = sha256("".join(files().values()).encode()).hexdigest()[:16]
    return f"_snnc_runtime_{digest}"
