"""snnc: a declarative model-spec compiler for spiking neural networks.

The flow reads top to bottom: a path is loaded into a document, linked into a graph, lowered into a
program, and emitted as the files of a package. Nothing here touches the disk but ``load``, which
reads, and nothing imports torch but ``compile``. Each step is imported when it is taken: a linter
in an editor does not wait for code generators.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from snnc.compile import network
from snnc.emit.header import with_header
from snnc.source.diagnostic import Findings

if TYPE_CHECKING:
    from torch import nn

    from snnc.converting import Conversion
    from snnc.document import Document
    from snnc.emit.package import Converted
    from snnc.graph import Graph
    from snnc.program.types import Program
    from snnc.source.diagnostic import Diagnostic

# ``compile`` and ``emit`` below are also packages: these are imported above, before the functions
# take their names, for whoever imports one later binds the name again.
__version__ = "0.1.0"

__all__ = ["Findings", "check", "compile", "emit", "link", "load", "lower", "plan"]


def load(path: Path | str, settings: Sequence[str] = ()) -> "Document":
    """The document at ``path``, with ``--set`` assignments applied.

    Raises:
        Findings: it is not a valid spec; with every mistake that could be told apart.
        OSError: it cannot be read.
    """
    from snnc.document import load

    return load(path, settings)


def check(path: Path | str, settings: Sequence[str] = ()) -> "tuple[Diagnostic, ...]":
    """What is wrong with the spec at ``path``: nothing, if the result is empty."""
    from snnc.rules import lint

    try:
        document = load(path, settings)
        return lint(document, link(document))
    except Findings as findings:
        return findings.diagnostics


def link(document: "Document") -> "Graph":
    """Its graph: names, edges and shapes; with [convert] that of the SNN. Raises Findings."""
    from snnc.linking import build

    found = converted(document)
    return build(document) if found is None else found.snn


def converted(document: "Document") -> "Conversion | None":
    """What [convert] makes of the ANN that its layers describe, if it has one. Raises Findings."""
    if document.spec.convert is None:
        return None
    from snnc.converting import convert
    from snnc.linking import build

    return convert(document, build(document))


def lower(
    graph: "Graph",
    schedule: str = "fold",
    after: str | None = None,
    without: Collection[str] = (),
) -> "Program":
    """Its program under a schedule; ``after`` stops behind the pass of that name.

    ``without`` names optional passes to leave out (``passes.OPTIONAL``).
    """
    from snnc.passes import run
    from snnc.program.lower import lower as naive

    return run(naive(graph), schedule, after, without)


def pass_names(document: "Document", graph: "Graph") -> tuple[str, ...]:
    """The names of the passes that its ``[build]`` runs, in order."""
    from snnc.passes import OPTIONAL, SCHEDULES, scheduled

    build = document.spec.build
    steps = SCHEDULES[scheduled(build.schedule, graph)]
    return tuple(s.name for s in steps if s.name in build.passes or s.name not in OPTIONAL)


def plan(
    document: "Document", graph: "Graph", after: str | None = None, without: Collection[str] = ()
) -> "Program":
    """The program that its ``[build]`` asks for."""
    from snnc.passes import OPTIONAL, scheduled

    build = document.spec.build
    left_out = {*without} | {*OPTIONAL} - {*build.passes}
    program = lower(graph, scheduled(build.schedule, graph), after, left_out)
    return replace(program, time_chunk=build.time_chunk)


def observed(graph: "Graph", program: "Program") -> "Program":
    """The network of ``program``, folded, with every value at every step and the same kernels."""
    from snnc.passes import PLAIN
    from snnc.passes.fuse import alike

    return alike(lower(graph, without=PLAIN), program)


def emit(
    document: "Document", without: Collection[str] = (), scripts: bool = True
) -> dict[str, str]:
    """The files of its package, by name; without some optional passes, or its scripts.

    Raises Findings.
    """
    from snnc.emit import package

    graph = link(document)
    spec = document.spec
    program = plan(document, graph, without=without)
    around = (spec.train, _of_conversion(document, without)) if scripts else (None, None)
    bodies = package.emit(program, observed(graph, program), spec, *around)
    source = Path(document.source.path).name
    shared = ("conversion/", "fused/", "pictures/", "training/", "weights.py")
    run_time = {name for name in bodies if name.startswith(shared)}
    texts = {
        name: with_header(body, source, None if name in run_time else spec, document.settings)
        for name, body in bodies.items()
        if name.endswith(".py")
    }
    return {**bodies, **texts}


def _of_conversion(document: "Document", without: Collection[str]) -> "Converted | None":
    """What [convert] adds to the package; besides the SNN one that answers at every step."""
    found, section = converted(document), document.spec.convert
    if found is None or section is None:
        return None
    from snnc.converting.neurons import over_time
    from snnc.emit.package import Converted

    return Converted(section, found, plan(document, over_time(found.snn), without=without))


def compile(path: Path | str, settings: Sequence[str] = (), **arguments: Any) -> "nn.Module":
    """The network of the spec at ``path`` as a module, in this process; needs torch.

    ``arguments`` go to the generated class (``time_steps=8``). Raises Findings.
    """
    document = load(path, settings)
    return network(emit(document), document.spec.name)(**arguments)
