"""A traced network without time as the entries of a spec."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from torch import Tensor, fx

from snnc.exchange import Refused
from snnc.exchange.entry import INPUT, Definition, SpecLine, SpecOutput
from snnc.exchange.torch_fx import calls, folding
from snnc.exchange.torch_fx.entries import Entries, outputs_of
from snnc.exchange.torch_fx.running import SeenShapes
from snnc.exchange.torch_fx.types import MadeLayer, Parts, TracedValue
from snnc.shapes import show


@dataclass(frozen=True)
class Translated:
    """Entries in order, the tensors of each by key, what they define, and which are read.

    ``folded`` says that parts of samples were in the batch.
    """

    entries: tuple[SpecLine, ...]
    state: Mapping[str, Mapping[str, Tensor]]
    outputs: tuple[SpecOutput, ...]
    definitions: tuple[Definition, ...]
    folded: bool = False


class Translation:
    """Goes through a graph once; what only unused values need is left out at the end."""

    def __init__(self, run: SeenShapes) -> None:
        self.run, self.net = run, run.net
        self.values: dict[fx.Node, TracedValue | Parts] = {}
        self.entries = Entries()
        self.refused: dict[str, tuple[fx.Node, Refused]] = {}

    def translated(self) -> Translated:
        """Everything that the outputs need. Raises Refused, for every call that has no layer."""
        for node in self.net.graph.nodes:
            if node.op == "output":
                named = list(outputs_of(node.args[0]))
                self._apart([given for _, given in named])
                return self._needed({name: self._value(given).name for name, given in named})
            if node in self.run.constants or node in self.run.parts:
                continue
            self.values[node] = self._read(node)
            if node.op != "placeholder" and calls.in_place(node, self.net):
                self._overwritten(node)
        raise Refused("the network returns nothing")

    def _read(self, node: fx.Node) -> TracedValue | Parts:
        if node.op == "placeholder":
            return TracedValue(INPUT, self.run.sample(node))
        if any(not self._known(n) for n in node.all_input_nodes):
            return self._missing(node)  # what it reads has been told
        try:
            return self._behind_an_axis(node) or self._added(node)
        except Refused as why:
            return self._missing(node, why)

    def _known(self, node: fx.Node) -> bool:
        return node in self.run.constants or node in self.run.shapes or node in self.run.parts

    def _apart(self, returned: list[fx.Node]) -> None:
        """Notes outputs in which parts of samples are a batch."""
        for node in returned:
            if node in self.run.folded:
                name = self._value(node).name
                self.refused.setdefault(name, (node, self.run.mixed(node)))

    def _added(self, node: fx.Node) -> TracedValue:
        return replace(self._layers(node), folded=node in self.run.folded)

    def _layers(self, node: fx.Node) -> TracedValue:
        front = 0 if any(n in self.run.folded for n in node.all_input_nodes) else 1
        made = calls.layers(node, self.net, self.run.sample, self._given, front)
        if isinstance(made, TracedValue):
            return made
        value, out = self.entries.layers(node, made), self.run.sample(node)
        if value.shape != out:
            raise Refused(f"it makes {show(out)}, where a spec's layer makes {value}")
        return value

    def _behind_an_axis(self, node: fx.Node) -> Parts | None:
        """The parts along an axis that a permute puts before the batch, as of queries and keys."""
        dims = folding.turned(node)
        if not dims:
            return None
        x = self._value(node.args[0])
        axes = (dims[0], *dims[1:]) if x.folded else (dims[0], *dims[2:])
        order = tuple(dim % len(dims) - (0 if x.folded else 1) for dim in axes)
        turned = self.entries.layer(node, MadeLayer("Permute", {"dims": order}, (x,)), (x,))
        count = turned.shape[0]
        whole = replace(turned, folded=x.folded)
        return Parts(whole, 0, tuple(range(count)), (1,) * count, kept=False)

    def _given(self, args: Any) -> Any:
        return fx.node.map_arg(args, self._value)

    def _value(self, node: Any) -> Any:
        if node in self.run.constants:
            return self.run.constants[node]
        if node in self.run.parts:
            return self.run.parts[node].of(self._value)
        if node not in self.values:
            raise Refused("the network returns its input or nothing")
        return self.values[node]

    def _missing(self, node: fx.Node, why: Refused | None = None) -> TracedValue:
        """Stands for what could not be translated, so that more can be told at once."""
        name = f"?{len(self.entries.lines)}"
        if why:
            self.refused[name] = (node, why)
        read = [self.values[n] for n in node.all_input_nodes if n in self.values]
        inputs = [v.whole.name if isinstance(v, Parts) else v.name for v in read]
        self.entries.add(SpecLine(name, "", {}, tuple(inputs)), {})
        return TracedValue(name, self.run.shapes.get(node, (0,))[1:])

    def _overwritten(self, node: fx.Node) -> None:
        """Whoever reads the first operand from now on reads the result."""
        old, new = self.values[node.all_input_nodes[0]], self.values[node]
        for other, value in self.values.items():
            if value == old:
                self.values[other] = new

    def _needed(self, outputs: Mapping[str, str]) -> Translated:
        if INPUT in outputs.values():
            raise Refused("the network returns its input")
        entries = self.entries.live({*outputs.values()})
        live = {entry.name for entry in entries}
        calls.tell([told for name, told in self.refused.items() if name in live], self.net)
        state = {e.name: self.entries.state[e.name] for e in entries}
        read = tuple(SpecOutput(name, layer, "mean") for name, layer in outputs.items())
        made = self.entries.definitions.of(entries)
        return Translated(entries, state, read, made, bool(self.run.folded))
