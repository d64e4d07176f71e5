"""Truncated back-propagation through time: whether a network can be trained in chunks of steps."""

from collections.abc import Iterator, Mapping

from snnc.document import Document
from snnc.graph.types import Node
from snnc.readout import Readout
from snnc.sections.train import Misfit

PARTS = ("mean", "sequence")
"""The readouts whose loss over all steps is made of losses over chunks."""


def untruncated(document: Document, nodes: Mapping[str, Node]) -> Iterator[Misfit]:
    """The reason why ``truncate`` does not fit a network, if there is one."""
    train = document.spec.train
    if train is None or train.truncate is None:
        return
    steps = document.spec.time_steps
    if document.spec.convert:
        message = "`truncate`: the ANN that [convert] trains has no time steps"
        yield Misfit(("truncate",), message, "leave `truncate` out")
    elif train.truncate > steps:
        message = f"`truncate` is {train.truncate}, but a sample has {steps} time steps"
        yield Misfit(("truncate",), message, "write a smaller number, or leave `truncate` out")
    else:
        yield from _whole(document, nodes)


def _whole(document: Document, nodes: Mapping[str, Node]) -> Iterator[Misfit]:
    """Readouts and layers that need all steps at once."""
    for name, output in document.spec.outputs.items():
        kind = output.readout.kind
        if kind not in PARTS:
            message = f"`truncate`: the readout `{kind}` of `{name}` has no answer for a part of"
            help = 'write `readout = "mean"`, or `readout = "sequence"` with `over = "steps"`'
            yield Misfit(("truncate",), f"{message} the time steps", help)
            return
    for path, node in nodes.items():
        operator = node.operator
        streams = isinstance(operator, Readout) or operator.carries()
        if not streams and operator.traits(training=True).time == "whole":
            message = f"`truncate`: `{path}` needs every time step at once in training"
            yield Misfit(("truncate",), message, 'a batch norm takes `stats = "step"`')
            return
