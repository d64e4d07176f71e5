"""Input and output of the printers: the compiled network, and the files that are made of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from snnc.document import Document
from snnc.emit.runtime import Runtime
from snnc.graph.types import Graph
from snnc.program.types import Program

if TYPE_CHECKING:
    from snnc.ann2snn import Conversion


@dataclass(frozen=True)
class Compiled:
    """A network on its way from the document to text.

    ``program`` is what ``[build]`` asks for. ``observed`` is the same network under the schedule
    "fold", with every value at every step: ``values`` runs it. With [convert], ``graph`` is that of
    the SNN, ``conversion`` how it comes of the ANN, and ``over_time`` answers at every step.
    """

    document: Document
    graph: Graph
    program: Program
    observed: Program
    conversion: "Conversion | None" = None
    over_time: Program | None = None


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
