"""Operators at one time step, [B, ...], with their states: the body of a loop, or a whole step."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snnc.exchange.onnx_export import layers
from snnc.exchange.onnx_export.builder import Builder, array
from snnc.exchange.onnx_export.equations import StepWriter
from snnc.exchange.unsaid import Unsaid
from snnc.graph.delayed_edge import Past
from snnc.graph.types import Graph, Node
from snnc.layers.delay import Delay
from snnc.neuron import Neuron
from snnc.number import Value
from snnc.program.types import Op
from snnc.reference import Reference
from snnc.shapes import Shape


@dataclass(frozen=True)
class CarriedState:
    """A state [B, *shape] and its first value, which broadcasts to that."""

    name: str
    shape: Shape
    start: NDArray[Any]


class Operators:
    """The operators of a network with their weights: ``reference`` holds those."""

    def __init__(self, graph: Graph, reference: Reference) -> None:
        self.graph = graph
        self._modules = dict(reference.named_modules())
        self._steps: dict[str, StepWriter] = {}

    def node(self, op: Op) -> Node:
        return self.graph[op.node]

    def neuron(self, node: Node) -> StepWriter:
        """The equations of a neuron."""
        if node.path not in self._steps:
            self._steps[node.path] = StepWriter(node, self._modules.get(node.path))
        return self._steps[node.path]

    def states(self, ops: Sequence[Op]) -> list[CarriedState]:
        """The states of operators, in their order."""
        found = {s.name: s for op in ops for s in self._states(self.node(op))}
        return [*found.values()]

    def _states(self, node: Node) -> Iterator[CarriedState]:
        if isinstance(node.operator, Neuron):
            for name, start in self.neuron(node).states.items():
                yield CarriedState(name, node.shape, start)
        for back in range(memory(node)):
            name = f"{node.path}.{back + 1}" if isinstance(node.operator, Delay) else node.path
            past = (
                name if isinstance(node.operator, Delay) else f"{node.inputs[0].node}@-{back + 1}"
            )
            yield CarriedState(past, node.shape, np.zeros((), np.float32))

    def weights_of_delay(self, node: Node) -> dict[int, NDArray[Any]]:
        """The share of each earlier step in the output of a Delay: 0 is this step."""
        operator: Any = node.operator
        module = self._modules.get(node.path)
        stated = operator.delay
        if isinstance(stated, Value) and stated.constant is None and module is not None:
            delay = array(module()["delay"])
        else:
            number = stated.constant if isinstance(stated, Value) else stated
            delay = np.asarray(number, np.float32)
        delay = np.clip(delay, 0, operator.longest)
        whole = np.minimum(np.floor(delay), operator.longest - 1)
        part = delay - whole
        shares = {
            back: (whole == back) * (1 - part) + (whole + 1 == back) * part
            for back in range(operator.longest + 1)
        }
        return {back: share for back, share in shares.items() if share.any()}

    def stateless(self, b: Builder, node: Node, inputs: Sequence[str]) -> str:
        """The value of a layer of [N, ...]. Raises Unsaid."""
        if isinstance(node.operator, Neuron):
            return self.neuron(node).written(b, inputs, ())[0]
        if node.operator.role in ("noise", "same"):
            return inputs[0]
        if node.operator.fixes_time:
            raise Unsaid(f"{node.operator.kind} has a part for each time step: it has no ONNX form")
        return layers.layer(b, node, inputs, self._modules.get(node.path))

    def step(
        self, b: Builder, ops: Sequence[Op], values: Mapping[str, str], states: Mapping[str, str]
    ) -> tuple[dict[str, str], dict[str, str]]:
        """All values of one step, and the states after it, by their names."""
        found, after = dict(values), dict(states)
        for op in ops:
            node = self.node(op)
            with Unsaid.of(node):
                inputs = [found[name] for name in op.reads if name in found]
                found[op.writes] = self._at_step(b, node, inputs, states, after)
        for op in ops:
            self._remembered(self.node(op), found, states, after)
        return found, after

    def _at_step(
        self,
        b: Builder,
        node: Node,
        inputs: Sequence[str],
        states: Mapping[str, str],
        after: dict[str, str],
    ) -> str:
        """The value of one operator; what it hands on goes into ``after``."""
        operator = node.operator
        if isinstance(operator, Past):
            return states[f"{node.inputs[0].node}@-{operator.steps}"]
        if isinstance(operator, Delay):
            return self._delayed(b, node, inputs[0], states, after)
        if not isinstance(operator, Neuron):
            return self.stateless(b, node, inputs)
        writer = self.neuron(node)
        value, new = writer.written(b, inputs, [states[name] for name in writer.states])
        after |= dict(zip(writer.states, new, strict=True))
        return value

    def _remembered(
        self, node: Node, found: Mapping[str, str], states: Mapping[str, str], after: dict[str, str]
    ) -> None:
        """Hands the values of an edge that looks back one step further."""
        if not isinstance(node.operator, Past):
            return
        source = node.inputs[0].node
        for back in range(node.operator.steps, 0, -1):
            before = states[f"{source}@-{back - 1}"] if back > 1 else found[source]
            after[f"{source}@-{back}"] = before

    def _delayed(
        self, b: Builder, node: Node, x: str, states: Mapping[str, str], after: dict[str, str]
    ) -> str:
        past = [x, *(states[f"{node.path}.{k + 1}"] for k in range(memory(node)))]
        for back in range(memory(node)):
            after[f"{node.path}.{back + 1}"] = past[back]
        return weighed(b, node, past, self.weights_of_delay(node))


def weighed(b: Builder, node: Node, past: Sequence[str], shares: Mapping[int, NDArray[Any]]) -> str:
    """The sum of values of several ages, each times its share."""
    parts = [
        past[k] if (share == 1).all() else b.op("Mul", past[k], b.weight(share))
        for k, share in shares.items()
    ]
    found = parts[0]
    for part in parts[1:]:
        found = b.op("Add", found, part, name=node.path)
    return found


def memory(node: Node) -> int:
    """The number of earlier values that an operator keeps."""
    operator = node.operator
    return operator.remembers if isinstance(operator, Past | Delay) else 0
