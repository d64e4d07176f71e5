"""A network fed step by step, through ``net.step``, is the network fed all steps at once."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from snnc.graph.types import Graph
from snnc.readout import Readout
from snnc.verify.data import arguments, keywords, timed

Tensors = dict[str, Tensor]


def can_stream(module: nn.Module) -> bool:
    """Whether the network runs one time step at a time."""
    return callable(getattr(module, "step", None))


def streamed(module: Any, graph: Graph, data: Mapping[str, Tensor], steps: int) -> Tensors:
    """Every output, from the answers of T calls ``y_t, state = module.step(x_t, state=state)``.

    What is constant over time is given at every step; the first state is None.
    """
    state, read = None, []
    with torch.no_grad():
        for t in range(steps):
            given = {n: x[t] if timed(graph, n) else x for n, x in data.items()}
            y, state = module.step(*arguments(given), **keywords(given), state=state)
            read.append((y,) if len(graph.outputs) == 1 else y)
    over_time = zip(*read, strict=True)
    return {n: _whole(graph, n, ys) for n, ys in zip(graph.outputs, over_time, strict=True)}


def _whole(graph: Graph, name: str, answers: tuple[Tensor, ...]) -> Tensor:
    """The readout over the outputs of single time steps."""
    readout = graph[name].operator
    assert isinstance(readout, Readout)
    whole: Tensor = readout.read(torch.stack(answers))
    return whole
