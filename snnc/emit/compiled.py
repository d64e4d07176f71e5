"""A document with everything that printers ask of it, each thing worked out once."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from snnc.document import Document
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
