"""Whether [train] fits the network: its dataset, and then losses, metric and penalties."""

from collections.abc import Iterator, Mapping, Sequence

from snnc.document import Document
from snnc.graph.shapes import fits
from snnc.graph.truncation import untruncated
from snnc.graph.types import Node
from snnc.layer import Operator
from snnc.neuron import Neuron
from snnc.sections.train import Answer, Train
from snnc.shapes import ShapeError
from snnc.source.diagnostic import Diagnostic
from snnc.source.tree import Path


def misfits(
    document: Document, unfit: Sequence[Operator], nodes: Mapping[str, Node] | None
) -> Iterator[Diagnostic]:
    """Findings on [train]; with the ``nodes`` of a network that is right, also at its outputs.

    ``unfit`` are layers that cannot read the input: one that could read the dataset's samples says
    so itself.
    """
    train, inputs = document.spec.train, document.spec.inputs.values()
    if train is None:
        return
    shapes = [data.shape for data in inputs]
    timed = any(data.encoder.timed_data for data in inputs)
    try:
        train.fit(shapes, timed)
    except ShapeError as error:
        sample = train.dataset.shape
        if not (sample and any(fits(operator, sample) for operator in unfit)):
            at = ("train", error.field or "dataset")
            yield _bad(document, at, ("SNN307", "bad-dataset"), error.message, error.help)
    else:
        if nodes is not None:
            yield from _judged(document, train, Answer(shapes[0], timed), nodes)


def _judged(
    document: Document, train: Train, data: Answer, nodes: Mapping[str, Node]
) -> Iterator[Diagnostic]:
    """Whether losses, metric, penalties and chunks of time fit."""
    answers = {
        name: Answer(nodes[name].shape, output.readout.keeps_time)
        for name, output in document.spec.outputs.items()
    }
    operators = ((path, node.operator) for path, node in nodes.items())
    neurons = {p: o.spike_value is not None for p, o in operators if isinstance(o, Neuron)}
    found = (*train.judge(data, answers, neurons), *untruncated(document, nodes))
    for misfit in found:
        of_data = misfit.path == ("dataset",)
        code = ("SNN307", "bad-dataset") if of_data else ("SNN309", "bad-training")
        yield _bad(document, ("train", *misfit.path), code, misfit.message, misfit.help)


def _bad(
    document: Document, at: Path, code: tuple[str, str], message: str, help: str | None
) -> Diagnostic:
    node = document.tree.find(at)[0]
    return Diagnostic(*code, message, node.place, help, node.notes)
