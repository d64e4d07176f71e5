"""The shape that a layer would have, were it not for a mistake: as far as it says one itself."""

from collections.abc import Iterator

from pydantic import ValidationError

from snnc.layer import Operator
from snnc.opaque import Opaque, OpaqueNeuron
from snnc.shapes import Shape, ShapeError

_CHECKED = (
    *("groups", "heads", "in_channels", "in_features"),
    *("normalized_shape", "num_features", "num_groups"),
)
"""Keys that are compared with the input, and change no shape."""
_PROBES: tuple[Shape, ...] = ((7,), (7, 6), (7, 6, 6), (7, 6, 6, 6))


def assumed(
    operator: Operator, inputs: tuple[Shape, ...], error: ShapeError | None
) -> Shape | None:
    """The shape of an operator that does not fit its inputs; None if it says none."""
    if isinstance(operator, Opaque):
        return inputs[0] if inputs and isinstance(operator, OpaqueNeuron) else None
    if inputs and error and error.field in _CHECKED:
        return _without(operator, error.field, inputs)
    if not inputs:
        return _stated(operator)
    return inputs[0] if len(inputs) == 1 and _gives_what_it_gets(operator) else _stated(operator)


def _without(operator: Operator, key: str, inputs: tuple[Shape, ...]) -> Shape | None:
    """The shape without the value that is to blame."""
    left = operator.model_dump(exclude={key}, exclude_unset=True, by_alias=True)
    try:
        return _shape(type(operator).model_validate(left), *inputs)
    except ValidationError:
        return None


def _stated(operator: Operator) -> Shape | None:
    """The shape that is the same whatever the input is, such as that of a Linear."""
    shapes = {shape for probe in _fitting(operator) if (shape := _shape(operator, probe))}
    probes = [_shape(operator, (size,)) for size in (5, 11)] if operator.ports == 1 else []
    return probes[0] if len(shapes) == 1 and len({*probes}) == 1 else None


def _gives_what_it_gets(operator: Operator) -> bool:
    return operator.role != "weights" and any(
        _shape(operator, probe) == probe for probe in _fitting(operator)
    )


def _fitting(operator: Operator) -> Iterator[Shape]:
    yield from (probe for probe in _PROBES if operator.ports == 1 and _shape(operator, probe))


def _shape(operator: Operator, *inputs: Shape) -> Shape | None:
    try:
        return operator.shape(*inputs)
    except ShapeError:
        return None
