"""A network fed step by step, through ``net.step``, is the network fed all steps at once."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from snnc.graph import Graph
from snnc.readout import Readout
from snnc.verify.data import timed

Tensors = dict[str, Tensor]


def can_stream(module: nn.Module) -> bool:
    """Whether it takes one step at a time."""
    return callable(getattr(module, "step", None))


def streamed(module: Any, graph: Graph, data: Mapping[str, Tensor], steps: int) -> Tensors:
    """Every output of T calls ``y_t, state = module.step(x_t, state)``, read out.

    What is constant over time is given at every step; the first state is None.
    """
    state, read = None, []
    with torch.no_grad():
        for t in range(steps):
            given = {n: x[t] if timed(graph, n) else x for n, x in data.items()}
            if len(given) == 1:
                y, state = module.step(*given.values(), state)
            else:
                y, state = module.step(**given, state=state)
            read.append((y,) if len(graph.outputs) == 1 else y)
    return {
        name: _readout(graph, name).read(torch.stack(over_time))
        for name, over_time in zip(graph.outputs, zip(*read, strict=True), strict=True)
    }


def _readout(graph: Graph, name: str) -> Readout:
    operator = graph[name].operator
    assert isinstance(operator, Readout)
    return operator
