"""Calls of a library's neurons as layers: what they read, and which of their results is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from torch import Tensor, fx

from snnc.exchange import Refused, libraries
from snnc.exchange.entry import SpecLine
from snnc.exchange.libraries.types import SpikingLayer, Weights
from snnc.exchange.torch_fx.entries import Entries
from snnc.exchange.torch_fx.fitting import group_of, kind_of, off_default
from snnc.exchange.torch_fx.rolling import Rolled, arguments, function
from snnc.exchange.torch_fx.timing import Layout
from snnc.exchange.torch_fx.types import TracedValue
from snnc.shapes import Shape

Read = Callable[[fx.Node, int | None], TracedValue]
"""The value of a call as it is read at a step."""
Sample = Callable[[fx.Node], Shape]


@dataclass(frozen=True)
class Waiting:
    """A layer whose inputs are not known yet."""

    call: fx.Node
    source: fx.Node
    path: str
    name: str
    layer: SpikingLayer


class NeuronLayers:
    """Makes a layer of a neuron's calls; ``layers`` has the name of each by the module's path."""

    def __init__(
        self, net: fx.GraphModule, values: Mapping[fx.Node, Any], rolled: Rolled, entries: Entries
    ) -> None:
        self.net, self.values, self.rolled, self.entries = net, values, rolled, entries
        self.paths = frozenset(p for p, m in net.named_modules() if libraries.is_neuron(m))
        self.layers: dict[str, str] = {}
        self.waiting: list[Waiting] = []
        self._made: dict[tuple[str, int], TracedValue] = {}
        self._feeds: dict[str, tuple[str, ...]] = {}

    def calls(self, node: fx.Node) -> bool:
        """Whether a call is a neuron's."""
        return node.op == "call_module" and node.target in self.paths

    def unknown(self, sample: Sample) -> list[tuple[fx.Node, Refused]]:
        """The calls of neurons that a spec cannot express, with the reasons."""
        found = []
        for node in filter(self.calls, self.net.graph.nodes):
            try:
                self._in_mode(node)
                libraries.layer(self._module(node), sample(node.all_input_nodes[0]))
            except Refused as why:
                found.append((node, why))
        return found

    def _in_mode(self, call: fx.Node) -> None:
        """Check that a neuron of SpikingJelly is in the mode of what it reads. Raises Refused."""
        mode, value = (
            getattr(self._module(call), "step_mode", None),
            self.values[call.all_input_nodes[0]],
        )
        one = self.rolled.clock.layout(tuple(value.shape)) is Layout.ONE
        if mode == "s" and not one:
            raise Refused('its step_mode is "s", and it reads a whole sequence as one step')
        if mode == "m" and one:
            raise Refused('its step_mode is "m", and it reads one step as a sequence')

    def result(self, node: fx.Node) -> tuple[fx.Node, int] | None:
        """The neuron's call whose result a call is, and the number of that result."""
        if self.calls(node):
            return node, 0
        if function(node) != "getitem" or not isinstance(node.args[0], fx.Node):
            return None
        source, index = arguments(node)
        if isinstance(self.values[source], Tensor) or not isinstance(index, int):
            return None
        return (source, range(len(self.values[source]))[index]) if self.calls(source) else None

    def known(self, node: fx.Node) -> TracedValue | None:
        """The value of a neuron that is made already."""
        found = self.result(node)
        return self._made.get((str(found[0].target), found[1])) if found else None

    def source(self, call: fx.Node) -> fx.Node:
        """The value that a neuron reads at its latest step. Raises Refused for other states."""
        latest = self.rolled.last[self.rolled.forms[call]]
        source, *states = (*latest.args, *latest.kwargs.values())
        given = [state for state in states if not self.rolled.is_zero(state)]
        if given and self.rolled.steps[latest] in (None, 0):
            raise Refused("its first state is given, and not 0")
        for state in given:
            own = self.result(state) if isinstance(state, fx.Node) else None
            if own is None or own[0].target != latest.target:
                raise Refused("it is given a state that is not its own of the step before")
        if not isinstance(source, fx.Node):
            raise Refused("it reads a constant")
        return source

    def made(self, call: fx.Node, result: int, sample: Sample) -> TracedValue:
        """The layer of a neuron's result, without what it reads.

        A loop may come back to it: :meth:`finish` adds that.
        """
        path, latest = str(call.target), self.rolled.last[self.rolled.forms[call]]
        source = self.source(call)
        layer = libraries.layer(self._module(call), sample(source))
        returns = layer.results[result] if result < len(layer.results) else None
        if returns is None:
            raise Refused("its state is read by something else than its own next call")
        if result and path not in self.layers and any(w.recurrent for w in layer.before):
            self.made(call, 0, sample)  # its spikes come back
        kind = self.entries.definitions.spiking(layer, returns)
        name = self.entries.names.new(path if result == 0 else f"{path}.{returns}", kind.lower())
        if result == 0:
            self.layers[path] = name
        self.entries.add(SpecLine(name, kind, self._fields(kind, layer), ()), layer.state)
        self.waiting.append(Waiting(latest, source, path, name, layer))
        shape = sample(latest) if result == 0 else sample(source)
        value = self._made[path, result] = TracedValue(name, shape)
        return value

    def finish(self, one: Waiting, read: Read) -> None:
        """Gives a neuron what it reads. Raises Refused."""
        x = read(one.source, self.rolled.steps[one.call])
        inputs = self._inputs(one.path, one.layer, x)
        line = self.entries.lines[one.name]
        self.entries.lines[one.name] = replace(line, sources=inputs, group=group_of(one.call))

    def _fields(self, kind: str, layer: SpikingLayer) -> Mapping[str, object]:
        if layer.equations is not None:
            return self.entries.definitions.stated(kind, layer.fields)
        return off_default(kind_of(kind), layer.fields)

    def _module(self, call: fx.Node) -> Any:
        return self.net.get_submodule(str(call.target))

    def _inputs(self, path: str, layer: SpikingLayer, x: TracedValue) -> tuple[str, ...]:
        """The sources of a neuron: the value, and the layers that the module has inside."""
        if path not in self._feeds:
            self._feeds[path] = tuple(self._weights(path, x, weights) for weights in layer.before)
        feeds = self._feeds[path]
        if all(weights.recurrent for weights in layer.before):
            return (x.name, *feeds)
        return feeds

    def _weights(self, path: str, x: TracedValue, made: Weights) -> str:
        part = "recurrent" if made.recurrent else "weights"
        name = self.entries.names.new(f"{path}.{part}", part)
        source = f"{self.layers[path]}@-1" if made.recurrent else x.name
        fields = off_default(kind_of(made.kind), made.fields)
        self.entries.add(SpecLine(name, made.kind, fields, (source,)), made.state)
        return name
