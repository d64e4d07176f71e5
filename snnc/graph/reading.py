"""Demands of a single layer: numbers that its equations bear, inputs, and what a cycle takes."""

from collections.abc import Sequence

from snnc.graph.types import Ref
from snnc.layer import Layer, Operator
from snnc.layers.delay import Delay
from snnc.neuron import Neuron
from snnc.number import numbers
from snnc.step.parse import StepError
from snnc.step.simplify import simplified
from snnc.surrogate import Surrogate


def impossible(neuron: Neuron, surrogate: Surrogate | None) -> str:
    """The fault in its equations or its slope; "" if there is none."""
    try:
        simplified(neuron.equations())
        if surrogate:
            surrogate.derivative()
    except StepError as error:
        return error.message
    return ""


def how_to_read(layer: Layer, names: Sequence[str]) -> str:
    """The text to write for as many inputs as a layer takes, of which these are at hand."""
    if layer.ports == 1:
        return "join them by Add or Concat"
    if layer.ports is None:
        both = ", ".join(f'"{name or "…"}"' for name in names[:2])
        return f"name them: `from = [{both}]`"
    ports = ", ".join(f'"{name}"' for name in layer.inputs)
    return f"name what goes to each, in this order: `from = [{ports}]`"


def in_a_cycle(operator: Operator, inputs: Sequence[Ref]) -> str:
    """What to write in a cycle for an operator that needs all steps at once."""
    if not isinstance(operator, Delay):
        return 'a batch normalisation with `stats = "step"` can be in a cycle'
    late = max(numbers(operator.delay))
    if operator.run_time() or late != int(late):
        return "a delay in a cycle is a fixed, whole number of time steps: `NAME@-2`"
    (ref,) = inputs
    steps = ref.delay + int(late)
    return f"leave it out and read `{ref.node}@-{steps}`: a delayed edge can be in a cycle"
