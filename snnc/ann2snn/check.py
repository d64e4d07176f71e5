"""Checks of an ANN before its conversion: every layer that cannot be converted is a finding."""

from collections.abc import Iterator

from snnc.ann2snn.graph_edits import only_reader, source, swapped
from snnc.ann2snn.pools import after_activation, of_spikes
from snnc.ann2snn.strip import final, quiet
from snnc.document import Document
from snnc.encoder import Encoder
from snnc.encoders.direct import Direct
from snnc.graph.types import Graph, Node
from snnc.layer import Operator
from snnc.names import class_name
from snnc.neuron import Neuron
from snnc.readout import Readout
from snnc.readouts.mean import Mean
from snnc.readouts.sum import Sum
from snnc.sections.convert import Convert
from snnc.source.diagnostic import Diagnostic, Findings
from snnc.source.tree import Path

Problem = tuple[Path, str, str | None]
_KEPT = ("move", "linear", "affine")


def check(document: Document, ann: Graph, section: Convert) -> None:
    """Raises Findings with every reason why the network cannot be converted."""
    problems = [*_whole(document, ann, section), *_layers(ann), *_poolings(ann, section)]
    problems = problems or [*_silent(ann, section)]
    if problems:
        raise Findings(*(_said(document, *problem) for problem in problems))


def _said(document: Document, at: Path, message: str, help: str | None) -> Diagnostic:
    node = document.tree.find(at)[0]
    return Diagnostic("SNN310", "bad-conversion", message, node.place, help, node.notes)


def _whole(document: Document, ann: Graph, section: Convert) -> Iterator[Problem]:
    if len(ann.inputs) > 1 or len(ann.outputs) > 1:
        yield ("convert",), "only a network of one input and one output can be converted", None
    if class_name(ann.name) == "OverTime":
        message = f"`{ann.name}` is taken: convert.py has a class OverTime"
        yield ("name",), message, None
    if document.spec.dataset is None:
        message = "[convert] needs [train] or [data]: samples determine the thresholds"
        yield ("convert",), message, "add [data], with your data as its `dataset`"
    if section.readout_delay >= ann.time_steps:
        message = f"`readout_delay` leaves no step of {ann.time_steps} to read"
        yield ("convert", "readout_delay"), message, f"at most {ann.time_steps - 1}"
    if document.spec.build.time_chunk is not None and section.readout_delay:
        message = "`readout_delay` needs all steps in one piece, but there is a `time_chunk`"
        yield ("convert", "readout_delay"), message, None


def _layers(ann: Graph) -> Iterator[Problem]:
    for node in ann.nodes:
        if isinstance(node.operator, Encoder):
            yield from _encoder(node)
        elif isinstance(node.operator, Readout):
            yield from _readout(node)
        else:
            yield from _layer(ann, node)


def _encoder(node: Node) -> Iterator[Problem]:
    if not isinstance(node.operator, Direct):
        message = f"with [convert], the ANN reads `{node.path}` without an encoder"
        yield (*node.at, "encoder"), message, 'leave out `encoder`, or write "direct"'


def _readout(node: Node) -> Iterator[Problem]:
    if not isinstance(node.operator, Mean | Sum):
        message = "with [convert], the readout must be a rate or a number of spikes"
        yield (*node.at, "readout"), message, 'write `readout = "mean"` or "sum"'


def _layer(ann: Graph, node: Node) -> Iterator[Problem]:
    at, name = (*node.at, "kind"), f"`{node.path}`"
    if any(ref.delay for ref in node.inputs):
        message = f"{name} reads the past, but an ANN has no time"
        yield (*node.at, "from"), message, "leave out [convert], or the delay"
    elif node.operator.role == "softmax" and not final(ann, node):
        message = f"{name}: a softmax can be converted at the end only"
        yield at, message, None
    elif node.operator.role == "" and not _linear(node.operator):
        kind = node.operator.kind
        message = f"{name}: {kind} cannot be converted into spikes"
        help = "use a ReLU or a QCFS, or layers that are linear in eval mode"
        if isinstance(node.operator, Neuron):
            message = f"{name}: {kind} is a neuron, but with [convert] the layers are an ANN's"
            help = "write a ReLU or a QCFS: it becomes a neuron"
        yield at, message, help


def _linear(operator: Operator) -> bool:
    """Whether the mean over time of its values is its value of the mean."""
    traits = operator.traits(training=False)
    return traits.time == "pointwise" and traits.algebra in _KEPT


def _poolings(ann: Graph, section: Convert) -> Iterator[Problem]:
    """A pooling cannot go before an activation that others read too, nor before anything else."""
    graph = quiet(ann, section)
    for node in graph.nodes if section.pool != "keep" else ():
        pool = graph[node.path]
        activation = source(graph, pool).path if after_activation(graph, pool) else ""
        if activation and only_reader(graph, activation):
            graph = swapped(graph, activation, pool.path)
        elif activation:
            message = f"`{pool.path}` cannot go before `{activation}`, which other layers read too"
            help = 'give it an activation of its own, or write `pool = "keep"` in [convert]'
            yield (*pool.at, "kind"), message, help
        elif pool.operator.role == "largest" and of_spikes(graph, pool):
            between = source(graph, pool).path
            message = f"`{pool.path}` takes the largest of spikes, which `{between}` hands on"
            help = f'put it before `{between}`, or write `pool = "keep"` in [convert]'
            yield (*pool.at, "kind"), message, help


def _silent(ann: Graph, section: Convert) -> Iterator[Problem]:
    """There has to be something that spikes."""
    if not any(n.operator.role == "activation" for n in quiet(ann, section).nodes):
        message = "no layer is an activation that becomes a neuron: nothing would spike"
        yield ("convert",), message, "put a ReLU or a QCFS between layers, or leave out [convert]"
