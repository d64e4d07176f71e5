"""Names in generated code: the network's, and those that no other class may have."""

import ast
from collections.abc import Iterator
from functools import cache

from snnc.emit.environment import environment
from snnc.names import VARIABLES, class_name

__all__ = ["class_name", "defined", "networks"]

_SCRIPTS = frozenset({"conversion", "new", "pictures", "training"})
_CONSTANTS = frozenset("C CUDA KERNELS NORMED NORMS POOLED POOLS STEPS".split())
_STANDARD = frozenset("Any Callable F Generic Mapping Sequence TypeVar cast math sys".split())


def networks(name: str) -> frozenset[str]:
    """The classes of the network ``name``: itself, its outputs, the ANN that it comes from."""
    return frozenset(f"{class_name(name)}{end}" for end in ("", "Output", "ANN"))


@cache
def defined() -> frozenset[str]:
    """What the modules of a network may import or define besides its neurons and blocks."""
    env = environment()
    assert env.loader is not None
    found = {*VARIABLES, *_CONSTANTS, *_STANDARD}
    for template in filter(_beside, env.list_templates(extensions=["py"])):
        for statement in ast.parse(env.loader.get_source(env, template)[0]).body:
            found.update(_given(statement))
    return frozenset(found)


def _given(statement: ast.stmt) -> Iterator[str]:
    """The names that a module has by a statement."""
    match statement:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
            yield name
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from (one.asname or one.name for one in names)


def _beside(template: str) -> bool:
    """Whether its names are seen where neurons and blocks are defined."""
    *folders, file = template.split("/")
    shared = bool(folders) and _SCRIPTS.isdisjoint(folders)
    return shared and (file == "__init__.py" or "helpers" in folders)
