"""The context of visualize.py.jinja: the network's layers of neurons."""

from snnc.graph.types import Graph
from snnc.neuron import Neuron
from snnc.number import Value
from snnc.step.parse import parse
from snnc.step.ssa import Expr, Operation, Var

_AT = Var("v_threshold")


def has_rate(neuron: Neuron) -> bool:
    """Whether a layer of it has a firing rate: it has a state, and what it gives are spikes."""
    return bool(neuron.states) and neuron.spike_value is not None


def layers(graph: Graph) -> list[str]:
    """A call of ``Layer`` for each layer of neurons, in order; not for what [convert] adds."""
    nodes = ((n.path, n.operator) for n in graph.nodes)
    found = ((path, op) for path, op in nodes if isinstance(op, Neuron) and op.states)
    return [_layer(path, op) for path, op in found if not op.helps]


def _layer(path: str, neuron: Neuron) -> str:
    states = "".join(f'"{state}", ' for state in neuron.states)
    fields = [f'"{path}"', f"({states.rstrip() if len(neuron.states) == 1 else states[:-2]})"]
    threshold = _threshold(neuron)
    fields += [] if has_rate(neuron) else ["fires=False"]
    fields += [f"threshold={threshold!r}"] if threshold is not None else []
    return f"Layer({', '.join(fields)})"


def _threshold(neuron: Neuron) -> float | None:
    """The constant ``v_threshold`` of a neuron, if it fires there (ALIF's threshold rises)."""
    number = neuron.numbers().get("v_threshold")
    if number is None or not any(_fires_at_threshold(e.value) for e in parse(neuron.step)):
        return None
    known = number.constant if isinstance(number, Value) else number
    return None if known is None else float(known)


def _fires_at_threshold(expr: Expr) -> bool:
    """Whether ``spike(h - v_threshold)`` is part of it, for any h."""
    if not isinstance(expr, Operation):
        return False
    if expr.name == "spike":
        (inside,) = expr.args
        return isinstance(inside, Operation) and inside.name == "sub" and inside.args[1] == _AT
    return any(map(_fires_at_threshold, expr.args))
