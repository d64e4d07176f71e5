"""Demands of a single layer: numbers that its equations bear, inputs, and what a cycle takes."""

import re
from collections.abc import Sequence

from pydantic import ValidationError

from snnc.choice import Choice
from snnc.graph.shapes import fits
from snnc.graph.types import Ref
from snnc.layer import Layer, Operator
from snnc.layers.delay import Delay
from snnc.layers.flatten import Flatten
from snnc.neuron import Neuron
from snnc.number import numbers
from snnc.shapes import Shape, show
from snnc.step.parse import StepError
from snnc.step.simplify import simplified
from snnc.surrogate import Surrogate

_AXES = re.compile(r"(\w+)[123]d")
"""A kind that is named by the axes behind the channel."""


def impossible(neuron: Neuron, surrogate: Surrogate | None) -> str:
    """The fault in its equations or its slope; "" if there is none."""
    try:
        simplified(neuron.equations())
        if surrogate:
            surrogate.derivative()
    except StepError as error:
        return error.message
    return ""


def of_other_axes(operator: Operator, shapes: Sequence[Shape]) -> str:
    """The kind of the same sort that takes inputs of these shapes: BatchNorm2d for BatchNorm1d."""
    found = _AXES.fullmatch(operator.kind)
    kinds, fields = Choice("snnc.layers").kinds(), operator.model_dump(exclude={"kind", "source"})
    names = [f"{found[1]}{n}d" for n in (1, 2, 3)] + [found[1]] if found else []
    for kind in (kinds[name] for name in names if name in kinds and name != operator.kind):
        try:
            made = kind.model_validate({k: v for k, v in fields.items() if k in kind.model_fields})
        except ValidationError:
            continue
        if isinstance(made, Layer) and fits(made, *shapes):
            return f"`{made.kind}` takes {show(shapes[0])}"
    return ""


def kept_axis(name: str, operator: Operator) -> str:
    """The advice on a Flatten that leaves an axis out as if it were that of the batch."""
    if not isinstance(operator, Flatten) or operator.start_dim != 1:
        return ""
    return f"leave `start_dim` out of `{name}`: the batch is no axis of a sample"


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
    """The help for an operator in a cycle that needs all steps at once."""
    if not isinstance(operator, Delay):
        return 'a batch normalisation with `stats = "step"` can be in a cycle'
    late = max(numbers(operator.delay))
    if operator.run_time() or late != int(late):
        return "a delay in a cycle is a fixed, whole number of time steps: `NAME@-2`"
    (ref,) = inputs
    steps = ref.delay + int(late)
    return f"leave it out and read `{ref.node}@-{steps}`: a delayed edge can be in a cycle"
