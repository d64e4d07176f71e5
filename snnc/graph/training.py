"""Whether [train] fits the network: its dataset, and then losses, metric and penalties."""

from collections.abc import Iterator, Mapping, Sequence

from snnc.document import Document
from snnc.graph.padding import unpadded
from snnc.graph.shapes import fits
from snnc.graph.truncation import untruncated
from snnc.graph.types import Node
from snnc.layer import Operator
from snnc.neuron import Neuron
from snnc.sections.train import Answer, Train
from snnc.shapes import ShapeError, show
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
    if document.spec.data is not None:
        yield from _alone(document, nodes)
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


def _alone(document: Document, nodes: Mapping[str, Node] | None) -> Iterator[Diagnostic]:
    """Findings on [data], which a conversion without training has."""
    spec, code = document.spec, ("SNN307", "bad-dataset")
    assert spec.data is not None
    data = spec.data.dataset
    if spec.train is not None or spec.convert is None:
        beside = "[train] has a dataset" if spec.train else "nothing is converted"
        message = f"[data] is of [convert] without [train], and {beside}"
        help = "leave [data] out" if spec.train else "the dataset of a training belongs in [train]"
        yield _bad(document, ("data",), code, message, help)
        return
    try:
        timed = any(one.encoder.timed_data for one in spec.inputs.values())
        data.check(next(iter(spec.inputs.values())).shape, timed)
    except ShapeError as error:
        at = ("data", error.field or "dataset")
        yield _bad(document, at, code, error.message, error.help)
        return
    for name in spec.outputs if nodes else ():
        shape = nodes[name].shape if nodes else ()
        if len(shape) != 1 or data.classes not in (None, *shape):
            count = "classes" if data.classes is None else data.classes
            message = f"the output is {show(shape)}, and accuracy needs a number for each class"
            yield _bad(document, ("data", "dataset"), code, message, f"return [{count}]")


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
    found = [*train.judge(data, answers, neurons), *untruncated(document, nodes)]
    for misfit in [*found, *unpadded(document)]:
        of_data = misfit.path == ("dataset",)
        code = ("SNN307", "bad-dataset") if of_data else ("SNN309", "bad-training")
        yield _bad(document, ("train", *misfit.path), code, misfit.message, misfit.help)


def _bad(
    document: Document, at: Path, code: tuple[str, str], message: str, help: str | None
) -> Diagnostic:
    node = document.tree.find(at)[0]
    return Diagnostic(*code, message, node.place, help, node.notes)
