"""A spec and its weights as a NIR graph. It needs nir, and torch only to read what torch saved."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import nir

import snnc
from snnc.document import Document
from snnc.exchange import Refused
from snnc.exchange.nir_export.batch_norms import folded
from snnc.exchange.nir_export.operators import Context, written
from snnc.exchange.nir_export.wiring import NirWiring
from snnc.exchange.states import state_of
from snnc.exchange.unsaid import Unsaid
from snnc.graph.types import Graph, Node
from snnc.layers._batch_norm import SequenceNorm
from snnc.neuron import SpikingNeuron


@dataclass(frozen=True)
class NirExport:
    """The content of a NIR file, and what it does not say."""

    content: bytes
    nodes: int
    remarks: tuple[str, ...]


def exported(document: Document, weights: Path, dt: float) -> NirExport:
    """The network of a document, with the weights of a file, in time steps of ``dt`` seconds.

    Raises:
        Refused: NIR cannot express a layer; every such layer, with its line.
        Unusable: the file holds no weights of this network.
        Findings: the document has a mistake.
        OSError: the file of weights cannot be read.
    """
    graph = snnc.link(document)
    context = Context(state_of(weights, graph.nodes), dt, folded(graph))
    made, problems = NirWiring(graph, dt), list[str]()
    for node in graph.nodes:
        try:
            _add(made, node, graph, context)
        except Unsaid as error:
            problems.append(_told(document, node, error))
    if problems:
        raise Refused(*problems)
    try:
        nodes, edges = made.graph()
    except Unsaid as error:
        raise Refused(f"{document.source.path}: {error.reason}", help=error.help) from error
    metadata = {"writer": f"snnc {snnc.__version__}", "dt": dt, "reset": "hard"}
    network = nir.NIRGraph(nodes, edges, metadata, type_check=False)
    content, doubt = _content(network)
    return NirExport(content, len(nodes), (*_remarks(graph), *doubt))


def _add(made: NirWiring, node: Node, graph: Graph, context: Context) -> None:
    if node.path in graph.inputs:
        made.input(node)
    elif node.path in graph.outputs:
        made.output(node)
    elif node.operator.role in ("noise", "same") or _folded_away(node, context):
        made.alias(node)
    elif node.operator.kind == "Add":
        made.sum(node)
    else:
        made.layer(node, written(node, context))


def _folded_away(node: Node, context: Context) -> bool:
    norm = isinstance(node.operator, SequenceNorm)
    return norm and node.inputs[0].node in context.folded


def _told(document: Document, node: Node, error: Unsaid) -> str:
    place = document.place(*node.at)
    help = f": {error.help}" if error.help else ""
    return f"{place.path}:{place.start.line}: layer {node.path}: {error.reason}{help}"


def _remarks(graph: Graph) -> Iterator[str]:
    for name in graph.inputs:
        kind = graph[name].operator.kind
        if kind != "none":
            yield f"the encoder {kind} is not in the file: the graph reads what it makes, each step"
    for name in graph.outputs:
        kind = graph[name].operator.kind
        if kind != "sequence":
            yield f"the readout {kind} is not in the file: it is taken of the graph's output"
    neurons = [n.operator for n in graph.nodes if isinstance(n.operator, SpikingNeuron)]
    if any(neuron.fires == "at" for neuron in neurons):
        yield (
            "a potential exactly at its threshold fires here and not in NIR: "
            "`snnc import nir --fires at` reads the file as it was meant"
        )


def _content(network: nir.NIRGraph) -> tuple[bytes, tuple[str, ...]]:
    """The file, and a remark if nir's own reader has doubts about its shapes."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "network.nir"
        nir.write(path, network)
        try:
            nir.read(path)
        except (ValueError, AssertionError) as error:
            hint = "nir.read(file, type_check=False) reads it"
            return path.read_bytes(), (f"nir's check of shapes rejects the file ({error}): {hint}",)
        return path.read_bytes(), ()


__all__ = ["NirExport", "exported"]
