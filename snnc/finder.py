"""Modules out of texts that are in memory: only a compiled network imports this."""

import importlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Mapping, Sequence
from types import CodeType, ModuleType


class Finder(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Imports a package out of a mapping; its text is there for tracebacks and ``inspect``."""

    def __init__(self, package: str, files: Mapping[str, str]) -> None:
        modules = {name: text for name, text in files.items() if name.endswith(".py")}
        self.texts = {_module(package, name): text for name, text in modules.items()}
        self.packages = {_module(package, n) for n in modules if n.endswith("__init__.py")}
        self.package = package

    def install(self) -> None:
        """Makes the package importable for as long as the process lives."""
        if self.package not in sys.modules:
            sys.meta_path.append(self)
            importlib.import_module(self.package)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in self.texts:
            return None
        origin = _origin(fullname)
        is_package = self.is_package(fullname)
        spec = importlib.machinery.ModuleSpec(fullname, self, origin=origin, is_package=is_package)
        spec.has_location = True  # so that the module has a file to ask for
        return spec

    def get_source(self, fullname: str) -> str:
        return self.texts[fullname]

    def get_code(self, fullname: str) -> CodeType:
        # a name without <>: only then do tracebacks ask the loader for the source
        return compile(self.texts[fullname], _origin(fullname), "exec", dont_inherit=True)

    def is_package(self, fullname: str) -> bool:
        return fullname in self.packages


def _origin(fullname: str) -> str:
    return f"snnc compiled {fullname}"


def _module(package: str, path: str) -> str:
    """``fused/calls.py`` as a module of the package."""
    parts = path.removesuffix(".py").removesuffix("__init__").strip("/").split("/")
    return ".".join([package, *(part for part in parts if part)])
