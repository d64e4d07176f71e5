"""The keys of the configuration that the command line states, while a command runs."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from types import MappingProxyType

from snnc.source.reading import is_configured

Flags = Mapping[str, object]
"""Values by the names of the fields of ProjectSettings."""
_flags: ContextVar[Flags] = ContextVar("_flags", default=MappingProxyType({}))


def stated() -> Flags:
    """The keys that are stated, empty outside of a command."""
    return _flags.get()


def unconfigured(root: Path) -> bool:
    """Whether neither a flag nor a file says anything of the project in ``root``.

    Most projects are so, and need none of what reads a configuration.
    """
    return not stated() and not is_configured(root)


@contextmanager
def with_flags(flags: Flags) -> Iterator[None]:
    """Flags of the command line stand for keys of every configuration in here."""
    token = _flags.set({**_flags.get(), **flags})
    try:
        yield
    finally:
        _flags.reset(token)
