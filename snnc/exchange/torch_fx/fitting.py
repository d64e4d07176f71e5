"""Layers as a spec has them: their kinds, the keys that it states, their shapes and names."""

from collections.abc import Iterator, Mapping, Sequence

from pydantic import ValidationError
from torch import Tensor, fx

from snnc.exchange import Refused
from snnc.exchange.torch_fx.tracing import GROUP, LAYER
from snnc.exchange.torch_fx.types import TracedValue
from snnc.kinds import catalog
from snnc.layer import Layer
from snnc.shapes import Shape, ShapeError
from snnc.source.nearest import nearest


def kind_of(name: str) -> type[Layer]:
    kinds = {**catalog("snnc.layers"), **catalog("snnc.neurons")}
    kind = kinds.get(name)
    if kind is None or not issubclass(kind, Layer):
        guess = nearest(name, kinds)
        raise Refused(f"a spec has no layer {name}{f', the nearest is {guess}' if guess else ''}")
    return kind


def off_default(kind: type[Layer], fields: Mapping[str, object]) -> dict[str, object]:
    """The keys that a spec has to state."""
    known = kind.model_fields
    default = {key: known[key].default for key in fields if key in known}
    return {key: v for key, v in fields.items() if key not in default or v != default[key]}


def shape_of(
    kind: type[Layer], fields: Mapping[str, object], inputs: Sequence[TracedValue]
) -> Shape:
    """The shape of the layer's output, by the layer's own rules."""
    try:
        layer = kind.model_validate({"kind": kind.model_fields["kind"].default, **fields})
        return layer.shape(*(value.shape for value in inputs))
    except ShapeError as error:
        raise Refused(f"a spec's {kind.__name__} does not fit: {error.message}") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = first["loc"][0] if first["loc"] else ""
        message = f"a spec's {kind.__name__} cannot have `{key} = {fields.get(str(key))}`"
        raise Refused(message) from error


def path_of(node: fx.Node, stem: str, main: bool) -> str:
    """The path of a layer: that of its module, or the place and the name of a function."""
    if node.op == "call_module" and main:
        return str(node.target)
    if main and (layer := node.meta.get(LAYER)):
        return str(layer)
    around = node.meta.get(GROUP, ())
    return f"{around[-1][0]}.{stem}" if around else stem


def group_of(node: fx.Node) -> str:
    """The innermost module of several layers around a call: ``layer1.0: BasicBlock``."""
    around: list[tuple[str, str]] = [*node.meta.get(GROUP, ())]
    if node.op == "call_module" and around and around[-1][0] == node.target:
        around.pop()
    return ": ".join(around[-1]) if around else ""


def remarks(state: Mapping[str, Mapping[str, Tensor]]) -> Iterator[str]:
    """Notes on properties that the spec cannot express: weights that layers share."""
    owners: dict[int, str] = {}
    for name, tensors in state.items():
        firsts = [owners.setdefault(t.data_ptr(), name) for t in tensors.values() if t.numel()]
        for first in sorted({*firsts} - {name}):
            yield f"{first} and {name} share weights: in the spec each has its own"
