"""A traced network as the entries of a spec."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from torch import Tensor, fx

from snnc.exchange import Refused
from snnc.exchange.entry import INPUT, SpecLine
from snnc.exchange.torch_fx import calls
from snnc.exchange.torch_fx.naming import LayerNames
from snnc.exchange.torch_fx.running import SeenShapes
from snnc.exchange.torch_fx.tracing import GROUP
from snnc.exchange.torch_fx.types import MadeLayer, TracedValue
from snnc.kinds import catalog
from snnc.layer import Layer
from snnc.shapes import Shape, ShapeError, show
from snnc.source.nearest import nearest


@dataclass(frozen=True)
class Translated:
    """Entries in order, the tensors of each by key, and the name of the layer that is read."""

    entries: tuple[SpecLine, ...]
    state: Mapping[str, Mapping[str, Tensor]]
    output: str


class Translation:
    """Goes through a graph once; what only unused values need is left out at the end."""

    def __init__(self, run: SeenShapes) -> None:
        self.run, self.net = run, run.net
        self.values: dict[fx.Node, TracedValue] = {}
        self.entries: dict[str, SpecLine] = {}
        self.state: dict[str, Mapping[str, Tensor]] = {}
        self.refused: dict[str, tuple[fx.Node, Refused]] = {}
        self.names = LayerNames()

    def translated(self) -> Translated:
        """Everything that the output needs. Raises Refused, for every call that has no layer."""
        for node in self.net.graph.nodes:
            if node.op == "output":
                return self._needed(self._value(node.args[0]).name)
            if node in self.run.constants:
                continue
            self.values[node] = self._read(node)
            if node.op != "placeholder" and calls.in_place(node, self.net):
                self._overwritten(node)
        raise Refused("the network returns nothing")

    def _read(self, node: fx.Node) -> TracedValue:
        if node.op == "placeholder":
            return TracedValue(INPUT, self.run.sample(node))
        if any(not self._known(n) for n in node.all_input_nodes):
            return self._missing(node)  # what it reads has been told
        try:
            return self._added(node)
        except Refused as why:
            return self._missing(node, why)

    def _known(self, node: fx.Node) -> bool:
        return node in self.run.constants or node in self.run.shapes

    def _added(self, node: fx.Node) -> TracedValue:
        made = calls.layers(node, self.net, self.run.sample, self._given)
        if isinstance(made, TracedValue):
            return made
        value: TracedValue | None = None
        for layer in made:
            value = self._layer(node, layer, layer.inputs or (value,))
        out = self.run.sample(node)
        if value is None or value.shape != out:
            raise Refused(f"it makes {show(out)}, where a spec's layer makes {value}")
        return value

    def _layer(self, node: fx.Node, made: MadeLayer, inputs: Sequence[Any]) -> TracedValue:
        kind = kind_of(made.kind)
        fields = off_default(kind, made.fields)
        shape = shape_of(kind, fields, inputs)
        name = self.names.new(path_of(node, kind.stem, bool(made.inputs)), kind.stem)
        sources = tuple(value.name for value in inputs)
        self.entries[name] = SpecLine(name, made.kind, fields, sources, group_of(node))
        self.state[name] = made.state
        return TracedValue(name, shape)

    def _given(self, args: Any) -> Any:
        return fx.node.map_arg(args, self._value)

    def _value(self, node: Any) -> Any:
        if node in self.run.constants:
            return self.run.constants[node]
        if node not in self.values:
            raise Refused("the network returns its input or nothing")
        return self.values[node]

    def _missing(self, node: fx.Node, why: Refused | None = None) -> TracedValue:
        """Stands for what could not be translated, so that more can be told at once."""
        name = f"?{len(self.entries)}"
        if why:
            self.refused[name] = (node, why)
        inputs = [self.values[n].name for n in node.all_input_nodes if n in self.values]
        self.entries[name] = SpecLine(name, "", {}, tuple(inputs))
        return TracedValue(name, self.run.shapes.get(node, (0,))[1:])

    def _overwritten(self, node: fx.Node) -> None:
        """Whoever reads the first operand from now on reads the result."""
        old, new = self.values[node.all_input_nodes[0]], self.values[node]
        for other, value in self.values.items():
            if value == old:
                self.values[other] = new

    def _needed(self, output: str) -> Translated:
        if output == INPUT:
            raise Refused("the network returns its input")
        live = {output}
        for name in reversed(self.entries):
            live |= {*self.entries[name].sources} if name in live else set()
        needed = live & {*self.refused}
        calls.tell([self.refused[name] for name in self.entries if name in needed], self.net)
        entries = tuple(entry for name, entry in self.entries.items() if name in live)
        return Translated(entries, {e.name: self.state[e.name] for e in entries}, output)


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


def path_of(node: fx.Node, stem: str, first: bool) -> str:
    """The path of a layer: that of its module, or the place and the name of a function."""
    if node.op == "call_module" and first:
        return str(node.target)
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
