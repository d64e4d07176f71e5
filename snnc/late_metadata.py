"""``importlib.metadata`` that is read when something of it is used.

Pydantic imports it for plugins, which no spec has, and reading it takes as long as a lint.
"""

import importlib
import os
import sys
from types import ModuleType
from typing import Any

_NAME = "importlib.metadata"


def install() -> None:
    """Has pydantic, from now on, neither read that module nor look for plugins."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    if _NAME not in sys.modules:
        sys.modules[_NAME] = importlib.metadata = _Late(_NAME)


class _Late(ModuleType):
    """The module, until something of it is used; its one function that is imported by name."""

    def __getattr__(self, name: str) -> Any:
        if name == "__path__":  # whoever imports by name asks
            raise AttributeError(name)
        return getattr(_real(), name)

    @staticmethod
    def entry_points(**params: Any) -> Any:
        return _real().entry_points(**params)


def _real() -> Any:
    if isinstance(sys.modules.get(_NAME), _Late):
        del sys.modules[_NAME]
    return importlib.import_module(_NAME)
