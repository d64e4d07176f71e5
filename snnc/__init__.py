"""snnc: a declarative model-spec compiler for spiking neural networks.

The flow reads top to bottom: a path is loaded into a document, linked into a graph, lowered into a
program, and emitted as the files of a package. Nothing here touches the disk but ``load``, which
reads, and nothing imports torch but ``compile``.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from snnc.compile import network
from snnc.document import Document, load
from snnc.emit import emit as _emit
from snnc.emit.header import with_header
from snnc.graph import Graph, build
from snnc.passes import SCHEDULES, run
from snnc.program.lower import lower as _naive
from snnc.program.types import Program
from snnc.source.diagnostic import Diagnostic, Findings

if TYPE_CHECKING:
    from torch import nn

__version__ = "0.1.0"

__all__ = ["Findings", "check", "compile", "emit", "link", "load", "lower"]


def check(path: Path | str, settings: Sequence[str] = ()) -> tuple[Diagnostic, ...]:
    """What is wrong with the spec at ``path``: nothing, if the result is empty."""
    from snnc.rules import lint

    try:
        document = load(path, settings)
        return lint(document, link(document))
    except Findings as findings:
        return findings.diagnostics


def link(document: Document) -> Graph:
    """Its graph: names, edges and shapes. Raises Findings."""
    return build(document)


def lower(graph: Graph, schedule: str = "fold", after: str | None = None) -> Program:
    """Its program under a schedule; ``after`` stops behind the pass of that name."""
    return run(_naive(graph), schedule, after)


def pass_names(schedule: str) -> tuple[str, ...]:
    """The names of the passes that a schedule runs, in order."""
    return tuple(step.name for step in SCHEDULES[schedule])


def emit(document: Document) -> dict[str, str]:
    """The files of its package, by name. Raises Findings."""
    graph = link(document)
    spec = document.spec
    bodies = _emit(lower(graph, spec.build.schedule), lower(graph), spec.train)
    source = Path(document.source.path).name
    run_time = {name for name in bodies if name.startswith("fused/")}
    texts = {
        name: with_header(body, source, None if name in run_time else spec, document.settings)
        for name, body in bodies.items()
        if name.endswith(".py")
    }
    return {**bodies, **texts}


def compile(path: Path | str, settings: Sequence[str] = (), **arguments: Any) -> "nn.Module":
    """The network of the spec at ``path`` as a module, in this process; needs torch.

    ``arguments`` go to the generated class (``time_steps=8``). Raises Findings.
    """
    document = load(path, settings)
    return network(emit(document), document.spec.name)(**arguments)
