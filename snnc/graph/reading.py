"""Demands of a single layer: numbers that its equations can bear, and inputs."""

from collections.abc import Sequence

from snnc.layer import Layer
from snnc.neuron import Neuron
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
