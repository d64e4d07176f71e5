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

import snnc.emit  # noqa: F401 - see below
from snnc.compile import class_of, in_process
from snnc.source.diagnostic import Findings

if TYPE_CHECKING:
    from torch import nn

    from snnc.ann2snn import Conversion
    from snnc.document import Document
    from snnc.emit.header import Command
    from snnc.emit.runtime import Runtime
    from snnc.emit.types import Compiled, GeneratedFiles
    from snnc.graph.types import Graph
    from snnc.program.types import Program
    from snnc.source.diagnostic import Diagnostic

# ``compile`` and ``emit`` below are also packages: these are imported above, before the functions
# take their names, for whoever imports one later binds the name again.
__version__ = "0.1.0"

__all__ = ["Findings", "check", "compile", "compiled", "emit", "link", "load", "lower", "plan"]


def load(path: Path | str, settings: Sequence[str] = ()) -> "Document":
    """The document at ``path``, with ``--set`` assignments applied.

    Raises:
        Findings: it is not a valid spec; with every mistake that could be told apart.
        OSError: it cannot be read.
    """
    from snnc.document import load

    return load(path, settings)


def check(path: Path | str, settings: Sequence[str] = ()) -> "tuple[Diagnostic, ...]":
    """The findings in the spec at ``path``: errors and warnings, empty if there are none."""
    return check_all([Path(path)], settings)


def check_all(paths: Sequence[Path], settings: Sequence[str] = ()) -> "tuple[Diagnostic, ...]":
    """The findings in several specs, in which a definition of a common base is used by any.

    The configuration of their projects chooses the rules. Raises Findings: it is wrong.
    """
    from snnc.linting import findings

    return findings(paths, settings)


def link(document: "Document") -> "Graph":
    """The graph of a document: names, edges, shapes; with [convert] the SNN's. Raises Findings."""
    from snnc.graph.build import build

    found = converted(document)
    return build(document) if found is None else found.snn


def converted(document: "Document") -> "Conversion | None":
    """The conversion of the ANN of the layers, if there is a [convert]. Raises Findings."""
    if document.spec.convert is None:
        return None
    from snnc.ann2snn import convert
    from snnc.graph.build import build

    return convert(document, build(document))


def lower(
    graph: "Graph",
    schedule: str = "fold",
    after: str | None = None,
    without: Collection[str] = (),
) -> "Program":
    """The program of a graph under a schedule; ``after`` stops after the pass of that name.

    ``without`` names optional passes to leave out (``passes.OPTIONAL``).
    """
    from snnc.passes import run
    from snnc.program.lower import lower as naive

    return run(naive(graph), schedule, after, without)


def pass_names(document: "Document", graph: "Graph") -> tuple[str, ...]:
    """The names of the passes that its ``[build]`` runs, in order."""
    from snnc.passes import SCHEDULES, scheduled

    steps = SCHEDULES[scheduled(document.spec.build.schedule, graph)]
    return tuple(step.name for step in steps if step.name not in _left_out(document))


def plan(
    document: "Document", graph: "Graph", after: str | None = None, without: Collection[str] = ()
) -> "Program":
    """The program that its ``[build]`` asks for."""
    from snnc.passes import scheduled

    build = document.spec.build
    left_out = {*without} | _left_out(document)
    program = lower(graph, scheduled(build.schedule, graph), after, left_out)
    return replace(program, time_chunk=build.time_chunk)


def _left_out(document: "Document") -> set[str]:
    """The optional passes that its ``[build]`` does not name."""
    from snnc.passes import OPTIONAL

    named = document.spec.build.passes
    return set() if named is None else {*OPTIONAL} - {*named}


def observed(graph: "Graph", program: "Program") -> "Program":
    """The network of ``program``, folded, with every value at every step and the same kernels."""
    from snnc.passes import PLAIN
    from snnc.passes.fuse import alike

    return alike(lower(graph, without=PLAIN), program)


def compiled(document: "Document", without: Collection[str] = ()) -> "Compiled":
    """All that printers ask of a document, without some optional passes. Raises Findings."""
    from snnc.emit.types import Compiled
    from snnc.graph.build import build

    found = converted(document)
    graph = build(document) if found is None else found.snn
    program = plan(document, graph, without=without)
    if found is None:
        return Compiled(document, graph, program, observed(graph, program))
    from snnc.ann2snn.neurons import over_time

    late = plan(document, over_time(graph), without=without)
    return Compiled(document, graph, program, observed(graph, program), found, late)


def emit(
    document: "Document",
    without: Collection[str] = (),
    scripts: bool = True,
    runtime: "Runtime | None" = None,
    made_by: "Command | None" = None,
) -> "GeneratedFiles":
    """The files of its package and of the runtime that this needs.

    ``without`` leaves out optional passes, ``scripts`` says whether it can be trained; ``runtime``
    stands for what ``[build]`` says of it, and ``made_by`` for a command beside the spec. Raises
    Findings.
    """
    from snnc.emit.header import Command
    from snnc.emit.package import output
    from snnc.emit.runtime import runtime_of

    command = made_by or Command(Path(document.source.path).name, document.settings)
    where = runtime or runtime_of(document.spec)
    return output(compiled(document, without), where, command, scripts)


def network(document: "Document", without: Collection[str] = ()) -> "type[nn.Module]":
    """The class of the network of ``document``; ``without`` leaves out optional passes.

    Equal texts give the same class; others never share a module with it.
    """
    return class_of(emitted(document, without, scripts=False))


def emitted(
    document: "Document", without: Collection[str] = (), scripts: bool = True
) -> "GeneratedFiles":
    """The files of a package that is imported in this process, without being written."""
    return emit(document, without, scripts, in_process(document.spec.name))


def compile(path: Path | str, settings: Sequence[str] = (), **arguments: Any) -> "nn.Module":
    """The network of the spec at ``path`` as a module, in this process; needs torch.

    ``arguments`` go to the generated class (``time_steps=8``). Raises Findings.
    """
    return network(load(path, settings))(**arguments)
