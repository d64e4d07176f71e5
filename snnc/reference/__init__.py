"""The truth: the graph interpreted the naive way, node by node, step by step.

Nothing is hoisted, folded or fused; no text is generated. Everything that snnc writes is compared
with this, forward and gradient. Parameters have the names that generated code gives them.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from snnc.encoder import Encoder
from snnc.graph import Graph, Node
from snnc.layer import Call, Draw, Shape
from snnc.neuron import Neuron
from snnc.randomness import key, uniform
from snnc.readout import Readout
from snnc.reference.interpret import run_step
from snnc.reference.parameters import Numbers

Steps = list[Tensor]
"""A value at every step, each [B, ...]."""


class Reference(nn.Module):
    """The network of a graph, slowly.

    ``forward`` takes the data of each input by its name, as generated code takes it, and returns
    every value by its name: a list of T tensors [B, ...], or for a readout its tensor.
    """

    def __init__(self, graph: Graph, time_steps: int | None = None) -> None:
        super().__init__()
        self.graph = graph
        self.time_steps = time_steps or graph.time_steps
        for node in graph.nodes:
            call = node.operator.torch_call(*node.shapes)
            if isinstance(node.operator, Neuron):
                self.add_module(node.path, Numbers(node.operator, node.shapes[0]))
            elif call and call.of == "module":
                self.add_module(node.path, _resolve(call)(*call.args, **call.keywords))

    def forward(self, **data: Tensor) -> dict[str, Any]:
        seed = int(torch.randint(2**62, ())) if self._random else 0
        values: dict[str, Any] = {}
        for node in self.graph.nodes:
            inputs = [values[ref.node] for ref in node.inputs]
            values[node.path] = self._value(node, inputs, data, _drawn(seed, node.path))
        return values

    @property
    def _random(self) -> bool:
        modes = (n.operator.traits(mode) for n in self.graph.nodes for mode in (True, False))
        return any(traits.random != "no" for traits in modes)

    def _value(self, node: Node, inputs: list[Any], data: Mapping[str, Tensor], draw: Draw) -> Any:
        operator = node.operator
        if isinstance(operator, Encoder):
            x = data[node.path]
            return [operator.textbook(x, t, draw) for t in range(self._steps(x, operator))]
        if isinstance(operator, Readout):
            return operator.read(torch.stack(inputs[0]))
        if isinstance(operator, Neuron):
            return run_step(operator, inputs, self.get_submodule(node.path)())
        return self._stateless(node, inputs, draw)

    def _steps(self, x: Tensor, encoder: Encoder) -> int:
        return len(x) if encoder.timed_data else self.time_steps

    def _stateless(self, node: Node, inputs: list[Steps], draw: Draw) -> Steps:
        call = node.operator.torch_call(*node.shapes)
        if call is None:
            (x,) = inputs
            at = node.operator.textbook
            return [at(x_t, t, draw) for t, x_t in enumerate(x)] if self.training else x
        apply = self._applied(node, call)
        if node.operator.traits(self.training).time == "whole":
            return list(apply([torch.cat(inputs[0])]).chunk(len(inputs[0])))
        return [apply(list(at_t)) for at_t in zip(*inputs, strict=True)]

    def _applied(self, node: Node, call: Call) -> Callable[[Sequence[Tensor]], Tensor]:
        """The call as a function of the inputs at one step."""
        if call.of == "module":
            module = self.get_submodule(node.path)
            return lambda inputs: module(*inputs)
        function = _resolve(call)
        if call.of == "each":
            return lambda inputs: reduce(function, inputs)
        return lambda inputs: function(inputs, **call.keywords)


def _resolve(call: Call) -> Any:
    """``nn.Conv2d`` or ``torch.cat`` by name; nothing is executed to find it."""
    start: Any = {"nn": nn, "torch": torch}[call.target.split(".")[0]]
    return reduce(getattr, call.target.split(".")[1:], start)


def _drawn(seed: int, path: str) -> Draw:
    def draw(shape: Shape, t: int) -> Tensor:
        numbers = uniform(seed, key(path), int(np.prod(shape)), t)
        return torch.from_numpy(numbers).view(shape)

    return draw
