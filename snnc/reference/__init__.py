"""The truth: the graph interpreted the naive way, node by node, step by step.

Nothing is hoisted, folded or fused; no text is generated. Everything that snnc writes is compared
with this, forward and gradient. Parameters have the names that generated code gives them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from snnc.encoder import Encoder
from snnc.graph.cycles import components
from snnc.graph.types import Graph, Node, Ref
from snnc.layer import Call, Draw, Layer
from snnc.neuron import Neuron
from snnc.randomness import key, uniform
from snnc.readout import Readout
from snnc.reference.interpret import Stepper
from snnc.reference.parameters import kept, resolve
from snnc.shapes import Shape

Steps = list[Tensor]
"""A value at every step, each [B, ...]."""


class Reference(nn.Module):
    """The network of a graph, slowly.

    ``forward`` takes the data of each input by its name, as generated code takes it, and returns
    every value by its name: a list of T tensors [B, ...], or for a readout its tensor.
    """

    def __init__(self, graph: Graph, time_steps: int | None = None) -> None:
        super().__init__()
        self._graph = graph
        self.time_steps = time_steps or graph.time_steps
        for node in graph.holders_first:
            if module := kept(node.operator, node.shapes):
                _place(self, node.path, module)

    def forward(self, **data: Tensor) -> dict[str, Any]:
        seed = int(torch.randint(2**62, ())) if self._random else 0
        run = _Run(data, seed, self._steps(data), self._like(data))
        for names in components({n.path: _sources(n) for n in self._graph.nodes}):
            nodes = [self._graph[name] for name in names]
            if len(nodes) > 1 or names[0] in _sources(nodes[0]):
                self._cycle(nodes, run)
            else:
                run.values[names[0]] = self._value(nodes[0], run)
        return {node.path: run.values[node.path] for node in self._graph.nodes}

    @property
    def _random(self) -> bool:
        modes = (n.operator.traits(mode) for n in self._graph.nodes for mode in (True, False))
        return any(traits.random != "no" for traits in modes)

    def _steps(self, data: Mapping[str, Tensor]) -> int:
        encoders = ((name, self._graph[name].operator) for name in self._graph.inputs)
        timed = (n for n, e in encoders if isinstance(e, Encoder) and e.timed_data)
        return next((len(data[name]) for name in timed), self.time_steps)

    def _like(self, data: Mapping[str, Tensor]) -> Tensor:
        name = self._graph.inputs[0]
        encoder = self._graph[name].operator
        timed = isinstance(encoder, Encoder) and encoder.timed_data
        return data[name][0] if timed else data[name]

    def _cycle(self, nodes: Sequence[Node], run: "_Run") -> None:
        """All nodes of a cycle at one step, then all of them at the next."""
        for node in nodes:
            run.values[node.path] = []
        steppers = {n.path: self._stepper(n, run) for n in nodes}
        for t in range(run.steps):
            for node in nodes:
                inputs = [run.at(ref, self._graph[ref.node].shape, t) for ref in node.inputs]
                run.values[node.path].append(steppers[node.path](inputs, t))

    def _stepper(self, node: Node, run: "_Run") -> Callable[[list[Tensor], int], Tensor]:
        """The value of a node at a step of its inputs at that step; it keeps its own state."""
        operator, draw = node.operator, _drawn(run.seed, node.path)
        if isinstance(operator, Neuron):
            neuron = Stepper(operator, self.get_submodule(node.path)())
            return lambda inputs, _: neuron(inputs)
        call = operator.torch_call(*node.shapes)
        if call is None:
            assert isinstance(operator, Layer)
            module = self._module(node)
            return lambda inputs, t: _plain(
                operator.textbook([*map(_plain, inputs)], t, module, self.training, draw)
            )
        apply = self._applied(node, call)
        return lambda inputs, _: apply(inputs)

    def _value(self, node: Node, run: "_Run") -> Any:
        operator, draw = node.operator, _drawn(run.seed, node.path)
        if isinstance(operator, Encoder):
            x, steps = run.data[node.path], self.time_steps
            return [operator.textbook(x, t, steps, draw) for t in range(run.steps)]
        inputs = [
            [run.at(ref, self._graph[ref.node].shape, t) for t in range(run.steps)]
            for ref in node.inputs
        ]
        if isinstance(operator, Readout):
            return operator.read(torch.stack(inputs[0]))
        if isinstance(operator, Neuron):
            neuron = Stepper(operator, self.get_submodule(node.path)())
            return [neuron(list(at_t)) for at_t in zip(*inputs, strict=True)]
        return self._stateless(node, inputs, draw)

    def _stateless(self, node: Node, inputs: list[Steps], draw: Draw) -> Steps:
        call = node.operator.torch_call(*node.shapes)
        if call is None:
            assert isinstance(node.operator, Layer)
            given = [torch.stack(steps) for steps in inputs], self._module(node)
            return [*map(_plain, node.operator.textbook_steps(*given, self.training, draw))]
        apply = self._applied(node, call)
        if node.operator.traits(self.training).time == "whole":
            return list(apply([torch.cat(inputs[0])]).chunk(len(inputs[0])))
        return [apply(list(at_t)) for at_t in zip(*inputs, strict=True)]

    def _module(self, node: Node) -> nn.Module | None:
        return dict(self.named_modules()).get(node.path)

    def _applied(self, node: Node, call: Call) -> Callable[[Sequence[Tensor]], Tensor]:
        """The call as a function of the inputs at one step."""
        found: Callable[..., Tensor]
        if call.of == "module":
            found = self.get_submodule(node.path)
            return lambda inputs: _plain(found(*map(_plain, inputs)))
        found = resolve(call)
        if call.of == "each":
            return lambda inputs: _plain(reduce(found, map(_plain, inputs)))
        return lambda inputs: _plain(found([*map(_plain, inputs)], **call.keywords))


def graph_of(reference: Reference) -> Graph:
    """The graph of a reference, which may itself have a layer ``graph``."""
    return reference._graph


def _plain(x: Tensor) -> Tensor:
    """x with the strides of a new tensor, and so its gradient: no operator misreads those."""
    return x.reshape(-1).reshape(x.shape)


def _place(net: nn.Module, path: str, module: nn.Module) -> None:
    """Puts a module where its path says, in containers if need be."""
    *containers, name = path.split(".")
    for container in containers:
        if container not in dict(net.named_children()):
            net.add_module(container, nn.Module())
        net = net.get_submodule(container)
    net.add_module(name, module)


@dataclass
class _Run:
    """One call: its data, its seed, and every value at every step so far.

    ``like`` is a tensor of as many samples, [B, ...].
    """

    data: Mapping[str, Tensor]
    seed: int
    steps: int
    like: Tensor
    values: dict[str, Any] = field(default_factory=dict)

    def at(self, ref: Ref, shape: Shape, t: int) -> Tensor:
        """The value of ``ref`` at step ``t``: 0 before its first step."""
        if t >= ref.delay:
            value: Tensor = self.values[ref.node][t - ref.delay]
            return value
        return self.like.new_zeros(self.like.shape[0], *shape)  # len would be fixed by an export


def _sources(node: Node) -> tuple[str, ...]:
    return tuple(ref.node for ref in node.inputs)


def _drawn(seed: int, path: str) -> Draw:
    def draw(shape: Shape, t: int) -> Tensor:
        numbers = uniform(seed, key(path), int(np.prod(shape)), t)
        return torch.from_numpy(numbers).view(shape)

    return draw
