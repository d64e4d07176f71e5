"""The files that a build writes: a package, and the runtime that it shares with others."""

from collections.abc import Mapping
from dataclasses import dataclass

from snnc.emit.runtime import Runtime


@dataclass(frozen=True)
class GeneratedFiles:
    """All texts, with their headers, by their paths in two folders.

    ``package`` is the package of the network ``name``. ``shared`` is the runtime, in a folder of
    its own that other packages share; it is empty if the package holds its runtime itself.
    """

    name: str
    package: Mapping[str, str]
    shared: Mapping[str, str]
    runtime: Runtime
