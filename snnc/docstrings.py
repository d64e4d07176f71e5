"""Docstrings as data: ``python -OO`` strips them, and what snnc writes must not depend on that."""

import ast
import inspect
import sys
from collections.abc import Callable
from dataclasses import is_dataclass
from textwrap import dedent
from types import ModuleType
from typing import Any

Documented = type | ModuleType | Callable[..., Any]


def docstring(thing: Documented) -> str:
    """The docstring of ``thing``, or that of the first base class which has one; "" without any."""
    found = (own(part) for part in (inspect.getmro(thing) if isinstance(thing, type) else (thing,)))
    return next((doc for doc in found if doc), "")


def own(thing: Documented) -> str:
    """The docstring written in ``thing`` itself, without its indentation; "" if there is none.

    It is read from the source if the interpreter has stripped it.
    """
    if thing is object:
        return ""
    if thing.__doc__ and not _of_a_dataclass(thing):
        return inspect.cleandoc(thing.__doc__)
    return _written(thing) if sys.flags.optimize > 1 else ""


def _of_a_dataclass(thing: Documented) -> bool:
    """Whether its docstring is the signature that ``dataclass`` writes if there is none."""
    made = isinstance(thing, type) and is_dataclass(thing)
    return made and (thing.__doc__ or "").startswith(f"{thing.__name__}(")


def _written(thing: Documented) -> str:
    try:
        tree = ast.parse(dedent(inspect.getsource(thing)))
    except (OSError, TypeError):  # it was made at run time, or its source is not here
        return ""
    documented = tree if isinstance(thing, ModuleType) else tree.body[0]
    assert isinstance(documented, ast.Module | ast.ClassDef | ast.FunctionDef)
    return ast.get_docstring(documented) or ""
