"""Calls of a traced network of spiking neurons: what they read, and the shapes of a sample."""

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor, fx

from snnc.exchange import Refused
from snnc.exchange.torch_fx.neuron_layers import NeuronLayers
from snnc.exchange.torch_fx.readouts import Readouts
from snnc.exchange.torch_fx.rolling import Rolled
from snnc.exchange.torch_fx.running import is_split as splits
from snnc.exchange.torch_fx.timing import Clock
from snnc.shapes import Shape


class TimedCalls:
    """Calls by their forms; ``tensors`` has what each gave when it was traced."""

    def __init__(
        self,
        tensors: Mapping[fx.Node, Any],
        clock: Clock,
        rolled: Rolled,
        neurons: NeuronLayers,
        readouts: Readouts,
    ) -> None:
        self.tensors, self.clock, self.rolled = tensors, clock, rolled
        self.neurons, self.readouts = neurons, readouts

    def needed(self, wanted: Sequence[Any]) -> list[fx.Node]:
        """The latest call of every form that is needed, each behind what it reads."""
        todo = [(node, False) for node in wanted if isinstance(node, fx.Node)]
        seen, found = set[int](), list[fx.Node]()
        while todo:
            node, done = todo.pop()
            form = self.rolled.forms[node]
            node = self.rolled.last[form]
            if done:
                found.append(node)
            elif form not in seen:
                seen.add(form)
                todo.append((node, True))
                todo += [(read, False) for read in self._reads(node)]
        return found

    def _reads(self, node: fx.Node) -> list[fx.Node]:
        """The values that a call reads, without constants and the states of neurons."""
        if (found := self.readouts.reduced(node)) is not None:
            return [found.node]
        if (at := self.rolled.at(node)) is not None:
            return [at[0]]
        if (result := self.neurons.result(node)) is not None:
            latest = self.rolled.last[self.rolled.forms[result[0]]]
            return [read for read in latest.args[:1] if isinstance(read, fx.Node)]
        stack = self.rolled.stacked(node)
        return [stack] if stack else self.varying(node)

    def varying(self, node: fx.Node) -> list[fx.Node]:
        """The values that a call reads and that depend on the input."""
        read = (n.all_input_nodes[0] if self.is_split(n) else n for n in node.all_input_nodes)
        return [n for n in read if n not in self.rolled.constant]

    def is_split(self, node: fx.Node) -> bool:
        """Whether a call makes several tensors of one."""
        made = self.tensors.get(node)
        return isinstance(made, tuple | list) and splits(node, made)

    def sample(self, node: fx.Node) -> Shape:
        """The shape of one sample of a call's result. Raises Refused."""
        value = self.tensors.get(node)
        if not isinstance(value, Tensor):
            first = value[0] if isinstance(value, tuple | list) and value else None
            if not isinstance(first, Tensor):
                raise Refused("its result is no tensor")
            value = first
        return self.clock.sample(tuple(value.shape))
