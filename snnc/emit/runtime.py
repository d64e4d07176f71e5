"""The runtime of generated code: its files, what they define, and how packages import it."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from snnc.emit.python_format import import_order, imported

if TYPE_CHECKING:
    from snnc.spec import Spec

NAME = "snn_runtime"
FORMAT = 2
"""The format of the runtime that generated code is written for; it states its own."""

_HELPERS = ("checks", "delays", "encoders", "layers", "lengths", "norms", "steps", "weights")
"""The modules whose functions and classes networks import one by one."""
_KERNELS = ("fused", "fused.joined", "fused.recurrent", "fused.whole")
"""The packages that say in ``__all__`` what kernels.py may import."""


@dataclass(frozen=True)
class Runtime:
    """The place where a package finds its runtime.

    ``package`` is the package's own dotted name and ``absolute`` that of the runtime; ``relative``
    is the runtime as modules of the package import it; ``inside``: the package holds it.
    """

    package: str
    absolute: str
    relative: str
    inside: bool = False

    @property
    def depth(self) -> int:
        """The number of folders above a module of the package at which imports begin."""
        return len(self.package.split("."))

    def used(self, uses: Iterable[str], where: str) -> dict[str, list[str]]:
        """The imports of code that refers to ``uses`` by the runtime's module; ``where`` it is."""
        modules: dict[str, list[str]] = {}
        for name in sorted(defined().keys() & set(uses)):
            modules.setdefault(f"{where}.{defined()[name]}", []).append(name)
        return modules

    def script(self, *names: str, **own: Iterable[str]) -> str:
        """The imports of a script: ``names`` of the package, names of its modules and runtime's.

        A script is run as a file too, so that its imports are absolute. Keywords are modules of the
        package; those of the runtime begin with ``runtime``.
        """
        modules: dict[str, Iterable[str]] = {self.package: names}
        for module, wanted in own.items():
            at = self.absolute if module.startswith("runtime") else self.package
            part = module.removeprefix("runtime").lstrip("_")
            modules[f"{at}.{part}" if part else at] = wanted
        return statements(modules)


def statements(modules: Mapping[str, Iterable[str]]) -> str:
    """Imports out of modules, in isort's order."""
    found = {module: sorted(set(names), key=import_order) for module, names in modules.items()}
    order = sorted(found, key=lambda module: (module.lower(), module))
    return "\n".join(imported(module, found[module]) for module in order if found[module])


def own_imports(uses: Collection[str], known: Collection[str], runtime: Runtime) -> str:
    """The imports of a package's module.

    Its neurons' classes, which are ``known``, come from kernels.py, all else from the runtime.
    """
    classes = {*known}.intersection(uses)
    shared, own = (runtime.used({*uses} - classes, runtime.relative), {".kernels": classes})
    if runtime.inside:
        return statements({**shared, **own})
    return "\n\n".join(filter(None, [statements(shared), statements(own)]))


def runtime_of(spec: "Spec") -> Runtime:
    """The runtime that ``[build]`` names."""
    above, said = spec.build.package, spec.build.runtime
    package = f"{above}.{spec.name}" if above else spec.name
    if said == "inside":
        return Runtime(package, f"{package}.{NAME}", f".{NAME}", inside=True)
    absolute = f"{above}.{NAME}" if above else NAME
    absolute = absolute if said == "beside" else said
    return Runtime(package, absolute, absolute)


@cache
def files() -> Mapping[str, str]:
    """The files of the runtime, by their paths in its folder, without headers."""
    from snnc.emit.environment import environment  # the linter needs no templates

    env, head = environment(), f"{NAME}/"
    assert env.loader is not None
    names = [name for name in env.list_templates(extensions=["py"]) if name.startswith(head)]
    texts = {name.removeprefix(head): env.loader.get_source(env, name)[0] for name in names}
    return {**texts, "py.typed": ""}


@cache
def defined() -> Mapping[str, str]:
    """The module of the runtime that each name comes from."""
    found: dict[str, str] = {}
    for module in _HELPERS:
        text = files()[f"{module}.py"]
        found |= dict.fromkeys(re.findall(r"^(?:def|class) (\w+)", text, re.MULTILINE), module)
    for package in _KERNELS:
        text = files()[f"{package.replace('.', '/')}/__init__.py"].partition("__all__ = [")[2]
        found |= dict.fromkeys(re.findall(r'"(\w+)"', text), package)
    return found
