"""Demands of a single layer: numbers that its equations can bear, and inputs."""

import re
from collections.abc import Sequence

from pydantic import ValidationError

from snnc.choice import Choice
from snnc.graph.shapes import fits
from snnc.layer import Layer, Operator
from snnc.neuron import Neuron
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


def how_to_read(layer: Layer, names: Sequence[str]) -> str:
    """The text to write for as many inputs as a layer takes, of which these are at hand."""
    if layer.ports == 1:
        return "join them by Add or Concat"
    if layer.ports is None:
        both = ", ".join(f'"{name or "…"}"' for name in names[:2])
        return f"name them: `from = [{both}]`"
    ports = ", ".join(f'"{name}"' for name in layer.inputs)
    return f"name what goes to each, in this order: `from = [{ports}]`"
