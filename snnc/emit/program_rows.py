"""``PROGRAM`` of model.py: every operator with its cost, its place in time and the reason.

One line an operator, fields between bars, as ``page.rows_of`` of the runtime reads them. Scripts
count operations and draw reports by it, and ``snnc show --html`` prints it.
"""

from collections.abc import Iterable

from snnc.encoder import Encoder
from snnc.graph.types import Graph, Node
from snnc.neuron import Neuron
from snnc.program.placement import Placed
from snnc.sections.train import Train
from snnc.shapes import show

ONCE, SPIKES, VALUES = "once", "spikes", "values"
"""The input of an operator over time: the same at every step, spikes, or other numbers."""


def program_rows(graph: Graph, placed: Iterable[Placed], events: bool = False) -> str:
    """The lines. ``events``: data that already are a sequence are counts of events."""
    sends = sent(graph, events)
    return "\n".join(_line(graph, sends, row) for row in placed)


def recorded(train: Train | None) -> bool:
    """Whether the network is trained on recordings of events."""
    return train is not None and train.dataset.recorded


def sent(graph: Graph, events: bool) -> dict[str, str]:
    """The output of each operator over time: a property of the network, not of its schedule."""
    found: dict[str, str] = {}
    for node in graph.nodes:
        found[node.path] = _sends(node, _reads(node, found), events)
    return found


def _reads(node: Node, sends: dict[str, str]) -> str:
    """The input of an operator over time; values that come around a cycle are taken for spikes."""
    found = {sends.get(ref.node, SPIKES) for ref in node.inputs}
    if VALUES in found or found == {ONCE, SPIKES}:
        return VALUES
    return SPIKES if SPIKES in found else ONCE


def _sends(node: Node, reads: str, events: bool) -> str:
    operator = node.operator
    if isinstance(operator, Encoder):
        spiking = operator.spiking or (operator.timed_data and events)
        return SPIKES if spiking else ONCE if operator.hoists else VALUES
    if isinstance(operator, Neuron):
        return VALUES if operator.spike_value is None else SPIKES
    if reads == ONCE:
        told = operator.traits(training=False)
        return ONCE if told.time in ("pointwise", "whole") and told.random == "no" else VALUES
    return reads if _passes(node) else VALUES


def _passes(node: Node) -> bool:
    """Whether spikes that an operator reads are still spikes, or sums of them, behind it."""
    operator = node.operator
    weighs = operator.macs(*node.shapes) or operator.parameters(*node.shapes)
    plain = operator.role in ("", "noise", "largest", "same")
    moves = operator.traits(training=False).algebra in ("move", "linear", "monotone")
    return bool(operator.remembers) or (moves and plain and not weighs)


def _line(graph: Graph, sends: dict[str, str], row: Placed) -> str:
    node = graph[row.name]
    reads = _reads(node, sends) if node.operator.macs(*node.shapes) else ""
    if reads == SPIKES and len(node.inputs) > 1:
        reads = VALUES  # spikes times spikes, as in attention: no weights that they add up
    fields = (
        *(row.name, row.kind, "" if isinstance(node.operator, Encoder) else ", ".join(node.reads)),
        *(show(row.shape), row.parameters, node.operator.macs(*node.shapes), row.macs_after),
        *(reads, row.region, row.reason),
    )
    return " | ".join(map(str, fields))
