"""A traced network of spiking neurons as the entries of a spec of one time step."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from torch import Tensor, fx

from snnc.exchange import Refused, libraries
from snnc.exchange.entry import INPUT, Definition, SpecLine, SpecOutput
from snnc.exchange.time_axis import Time
from snnc.exchange.torch_fx import calls
from snnc.exchange.torch_fx.entries import Entries, outputs_of
from snnc.exchange.torch_fx.neuron_layers import NeuronLayers
from snnc.exchange.torch_fx.readouts import Readouts, commutes
from snnc.exchange.torch_fx.rolling import Rolled, function
from snnc.exchange.torch_fx.running import along
from snnc.exchange.torch_fx.timed_calls import TimedCalls
from snnc.exchange.torch_fx.timing import Clock, Late
from snnc.exchange.torch_fx.types import MadeLayer, Parts, TracedValue
from snnc.shapes import show

_MOVES = frozenset(
    "flatten unflatten view reshape unsqueeze squeeze expand repeat tile contiguous clone stack "
    "float to double detach transpose permute movedim swapaxes".split()
)
"""Calls that may only move time and batch."""
_TURNS = ("transpose", "permute", "movedim", "swapaxes")


@dataclass(frozen=True)
class Timed:
    """The entries, tensors and definitions of a spec, and which layer each neuron became."""

    entries: tuple[SpecLine, ...]
    state: Mapping[str, Mapping[str, Tensor]]
    outputs: tuple[SpecOutput, ...]
    definitions: tuple[Definition, ...]
    neurons: Mapping[str, str]
    encoder: str


class TimedTranslation:
    """Goes through the calls of a network, each form once, at its latest step."""

    def __init__(
        self,
        net: fx.GraphModule,
        values: Mapping[fx.Node, Any],
        clock: Clock,
        late: Late = Late.SOURCE,
    ) -> None:
        self.net, self.tensors, self.clock, self.late = net, values, clock, late
        self.delayed: dict[tuple[int, int], TracedValue] = {}
        stateful = frozenset(p for p, m in net.named_modules() if libraries.has_state(m))
        self.rolled = Rolled(net.graph, stateful, values, clock)
        self.entries = Entries()
        self.neurons = NeuronLayers(net, values, self.rolled, self.entries)
        self.readouts = Readouts(self.rolled, values, clock)
        self.calls = TimedCalls(values, clock, self.rolled, self.neurons, self.readouts)
        self.values: dict[int, TracedValue] = {}
        self.reduced: dict[int, str] = {}
        self.refused: list[tuple[fx.Node, Refused]] = []
        self.busy: set[int] = set()

    def translated(self) -> Timed:
        """Everything that the outputs need. Raises Refused, for every call that has no layer."""
        calls.tell(self.neurons.unknown(self.calls.sample), self.net)
        self.rolled.checked()
        returned = next(n for n in self.net.graph.nodes if n.op == "output").args[0]
        named = list(outputs_of(returned))
        for node in self.calls.needed([node for _, node in named]):
            self._value_of(node)
            self._finish()
        outputs = tuple(self._output(name, node) for name, node in named)
        calls.tell(self.refused, self.net)
        entries = self.entries.live({output.layer for output in outputs})
        names = {entry.name for entry in entries}
        return Timed(
            entries,
            {name: self.entries.state[name] for name in names},
            outputs,
            self.entries.definitions.of(entries),
            {path: name for path, name in self.neurons.layers.items() if name in names},
            "direct" if self.clock.time is Time.INSIDE else "none",
        )

    def _finish(self) -> None:
        """Gives the neurons that were made what they read."""
        while self.neurons.waiting:
            one = self.neurons.waiting.pop(0)
            try:
                self.neurons.finish(one, self._read)
            except Refused as why:
                self.refused.append((one.call, why))

    def _output(self, name: str, node: Any) -> SpecOutput:
        if not isinstance(node, fx.Node):
            raise Refused(f"the network returns {node!r}, expected a tensor")
        value = self._value_of(node)
        if self.refused:
            return SpecOutput(name, value.name, "")
        if value.name == INPUT:
            raise Refused("the network returns its input")
        readout = self.reduced.get(self.rolled.forms[node]) or self.readouts.of(node)
        return SpecOutput(name, value.name, readout)

    def _value_of(self, node: fx.Node) -> TracedValue:
        """The value of a call's form; what cannot be said is told later, all at once."""
        form = self.rolled.forms[node]
        latest = self.rolled.last[form]
        known = self.values.get(form) or self.neurons.known(latest)
        if known is not None:
            return known
        try:
            if form in self.busy:
                raise Refused("it depends on itself in the same time step")
            self.busy.add(form)
            made = self._made(latest)
        except Refused as why:
            self.refused.append((latest, why))
            made = self._missing(latest)
        self.busy.discard(form)
        self.values[form] = made
        return made

    def _missing(self, node: fx.Node) -> TracedValue:
        """Stands for what could not be translated, so that more can be told at once."""
        value = self.tensors.get(node)
        try:
            shape = self.clock.sample(tuple(value.shape)) if isinstance(value, Tensor) else ()
        except Refused:
            shape = ()
        return TracedValue(f"?{self.rolled.forms[node]}", shape)

    def _made(self, node: fx.Node) -> TracedValue:
        if node.op == "placeholder":
            return TracedValue(INPUT, self.calls.sample(node))
        if (found := self.readouts.reduced(node)) is not None:
            self.reduced[self.rolled.forms[node]] = found.readout
            return self._value_of(found.node)
        if (at := self.rolled.at(node)) is not None:
            return self._value_of(at[0])
        if (result := self.neurons.result(node)) is not None:
            return self.neurons.made(*result, self.calls.sample)
        if (stack := self.rolled.stacked(node)) is not None:
            return self._value_of(stack)
        return self._moved(node) or self._called(node)

    def _moved(self, node: fx.Node, late: int = 0) -> TracedValue | None:
        """The same value where a call only moves time and batch."""
        inputs = self.calls.varying(node)
        if function(node) not in _MOVES or len(inputs) != 1:
            return None
        before, after = (self.tensors[n] for n in (inputs[0], node))
        if not isinstance(before, Tensor) or not isinstance(after, Tensor):
            return None
        shapes = tuple(before.shape), tuple(after.shape)
        if self.clock.sample(shapes[0]) != self.clock.sample(shapes[1]):
            return None
        if function(node) in _TURNS and len({*map(self.clock.layout, shapes)}) == 1:
            return None
        if (readout := self.reduced.get(self.rolled.forms[inputs[0]])) is not None:
            self.reduced[self.rolled.forms[node]] = readout
        own = self.rolled.steps[node]
        return self._read(inputs[0], None if own is None else own + late)

    def _read(self, node: fx.Node, step: int | None) -> TracedValue:
        """A value as it is read at a step: that of an earlier step is delayed."""
        own = self.rolled.steps[node]
        late = 0 if step is None or own is None else step - own
        if late and self.late is Late.SOURCE and not self._is_source(node):
            return self._again(self.rolled.last[self.rolled.forms[node]], late)
        value = self._value_of(node)
        return replace(value, name=f"{value.name}@-{late}") if late else value

    def _is_source(self, node: fx.Node) -> bool:
        """Whether a value is a neuron's or comes from outside of the loop."""
        return self.neurons.result(node) is not None or self.rolled.at(node) is not None

    def _again(self, node: fx.Node, late: int) -> TracedValue:
        """A layer of values of earlier steps."""
        key = self.rolled.forms[node], late
        if key not in self.delayed:
            self.delayed[key] = self._moved(node, late) or self._called(node, late)
        return self.delayed[key]

    def _given(self, node: fx.Node, late: int) -> Callable[[Any], Any]:
        own = self.rolled.steps[node]
        step = None if own is None else own + late

        def value(n: fx.Node) -> Any:
            if self.calls.is_split(n):
                return self._parts(n, step)
            return self.tensors[n] if n in self.rolled.constant else self._read(n, step)

        return lambda args: fx.node.map_arg(args, value)

    def _parts(self, node: fx.Node, step: int | None) -> Parts:
        """The values that a split makes. Raises Refused if time or the batch is split."""
        source = node.all_input_nodes[0]
        shape, whole = tuple(self.tensors[source].shape), self._read(source, step)
        dim = along(node) % len(shape) - self.clock.front(shape)
        if dim < 0:
            raise Refused("it splits time or the batch, where a spec describes one sample")
        made = [self.clock.sample(tuple(part.shape)) for part in self.tensors[node]]
        kept = len(made[0]) == len(whole.shape)
        sizes = tuple(part[dim] if kept else 1 for part in made)
        starts = tuple(sum(sizes[:at]) for at in range(len(sizes)))
        return Parts(whole, dim, starts, sizes, kept)

    def _called(self, node: fx.Node, late: int = 0) -> TracedValue:
        read = [self.tensors[n] for n in self.calls.varying(node)]
        front = self.clock.front(tuple(read[0].shape)) if isinstance(read[0], Tensor) else 1
        made = calls.layers(node, self.net, self.calls.sample, self._given(node, late), front)
        self._behind_readout(node, () if isinstance(made, TracedValue) else made)
        if isinstance(made, TracedValue):
            return made
        inputs = [i for layer in made for i in layer.inputs if isinstance(i, TracedValue)]
        if any(i.name.startswith("?") for i in inputs):
            return self._missing(node)
        value = self.entries.layers(node, made, partial(self._per_step, node))
        out = self.calls.sample(node)
        if value.shape != out:
            raise Refused(f"it makes {show(out)}, where a spec's layer makes {value}")
        return value

    def _behind_readout(self, node: fx.Node, made: Sequence[MadeLayer]) -> None:
        """Layers behind a mean or a sum over time must commute with it. Raises Refused."""
        inputs = self.calls.varying(node)
        readouts = [r for n in inputs if (r := self.reduced.get(self.rolled.forms[n]))]
        odd = readouts and not all(commutes(layer, readouts[0]) for layer in made)
        if odd or (readouts and len(inputs) > 1):
            raise Refused(f"it follows the {readouts[0]} over time, where a readout is last")
        if readouts:
            self.reduced[self.rolled.forms[node]] = readouts[0]

    def _per_step(self, node: fx.Node, layer: MadeLayer) -> MadeLayer:
        """A layer of a loop: statistics and masks are those of each time step."""
        looped = self.rolled.steps[node] is not None or self.clock.time is Time.STEP
        if looped and layer.kind.startswith("BatchNorm"):
            return replace(layer, fields={**layer.fields, "stats": "step"})
        if layer.kind.startswith("Dropout"):
            return replace(layer, fields={**layer.fields, "mask": "step"})
        return layer
