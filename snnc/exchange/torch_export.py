"""A spec and its weights as a program of torch.export, of plain aten operators."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

import snnc
from snnc.document import Document
from snnc.encoder import Encoder
from snnc.encoders.none import NoEncoder
from snnc.exchange import Refused
from snnc.exchange.states import State, state_of
from snnc.graph.types import Graph, Node
from snnc.layers.identity import Identity
from snnc.program.types import timed_data
from snnc.reference import Reference

BATCHES = (1, 3, 5)
TOLERANCE = 1e-5
"""Of the largest value."""
_TRACED = 2
"""Samples of the batch that is traced; the program takes any number."""


@dataclass(frozen=True)
class TorchExport:
    """The content of a .pt2 file, its number of operators, and how far it was from the network."""

    content: bytes
    operators: int
    difference: float


class _Plain(nn.Module):
    """The network of a graph, step by step and without kernels: data in, outputs out."""

    def __init__(self, graph: Graph, state: State) -> None:
        super().__init__()
        self.reference = Reference(graph).eval()
        tensors = {key: torch.from_numpy(value) for key, value in state.items()}
        self.reference.load_state_dict(tensors, strict=False)
        self.inputs, self.outputs = graph.inputs, graph.outputs

    def forward(self, *data: Tensor) -> Any:
        values = self.reference(**dict(zip(self.inputs, data, strict=True)))
        found = tuple(values[name] for name in self.outputs)
        return found if len(found) > 1 else found[0]


def exported(document: Document, weights: Path, behind_encoder: bool = False) -> TorchExport:
    """The network of a document as a program that torch.export.load reads without snnc.

    Raises:
        Refused: an operator draws random numbers.
        Unusable: the file holds no weights of this network.
        Findings, OSError: the document has a mistake; a file cannot be read.
    """
    original = snnc.link(document)
    state = state_of(weights, original.nodes)
    graph = _without_noise(original, behind_encoder)
    _drawn(document, graph)
    plain = _Plain(graph, state).eval()
    program = _traced(plain, graph)
    apart = _difference(program.module(), document, state, original, behind_encoder)
    file = BytesIO()
    torch.export.save(program, file)
    calls = sum(node.op == "call_function" for node in program.graph.nodes)
    return TorchExport(file.getvalue(), calls, apart)


def _without_noise(graph: Graph, behind_encoder: bool) -> Graph:
    """The graph of eval mode: what only training draws is the identity."""

    def changed(node: Node) -> Node:
        if node.operator.role == "noise":
            return replace(node, operator=Identity())
        if behind_encoder and isinstance(node.operator, Encoder):
            return replace(node, operator=NoEncoder(), shapes=(node.shape,))
        return node

    return replace(graph, nodes=tuple(map(changed, graph.nodes)))


def _drawn(document: Document, graph: Graph) -> None:
    for node in graph.nodes:
        if node.operator.traits(training=False).random != "no":
            place = document.place(*node.at, "encoder")
            raise Refused(
                f"{place.path}:{place.start.line}: {node.path}: {node.operator.kind} draws random "
                "numbers: --encoder none exports the network behind it, which reads [T, B, ...]"
            )


def _traced(plain: nn.Module, graph: Graph) -> torch.export.ExportedProgram:
    data = tuple(_data(graph, name, _TRACED) for name in graph.inputs)
    batch = torch.export.Dim("batch", min=1)
    timed = timed_data(graph)
    axes = tuple({int(f"{name}.data" in timed): batch} for name in graph.inputs)
    with torch.no_grad():
        return torch.export.export(plain, data, dynamic_shapes=(axes,))


def _data(graph: Graph, name: str, batch: int) -> Tensor:
    """Random data for an input."""
    node = graph[name]
    shape = (batch, *(node.shapes[0] if node.shapes else node.shape))
    draw = torch.Generator().manual_seed(batch)
    if f"{name}.data" in timed_data(graph):
        return (torch.rand(graph.time_steps, *shape, generator=draw) < 0.4).float()
    return torch.rand(shape, generator=draw)


def _difference(
    program: Any, document: Document, state: State, graph: Graph, behind: bool
) -> float:
    """The largest relative difference from the compiled network."""
    net = snnc.network(document)().eval()
    net.load_state_dict({k: torch.from_numpy(v) for k, v in state.items()}, strict=False)
    found = 0.0
    for batch in BATCHES:
        data = {name: _data(graph, name, batch) for name in graph.inputs}
        with torch.no_grad():
            values = net.values(*data.values()) if len(data) == 1 else net.values(**data)  # type: ignore[operator]
            fed = [*data.values()] if not behind else [*_fed(graph, values)]
            got = program(*fed)
        answers = got if isinstance(got, tuple) else (got,)
        for name, answer in zip(graph.outputs, answers, strict=True):
            want = values[name]
            found = max(found, ((answer - want).abs().max() / want.abs().max().clamp(1e-30)).item())
    return found


def _fed(graph: Graph, values: Mapping[str, Tensor]) -> list[Tensor]:
    """The encoders' values at every step."""
    steps, found = graph.time_steps, []
    for name in graph.inputs:
        x = values[name]
        timed = x.dim() == len(graph[name].shape) + 2
        found.append(x if timed else x.expand(steps, *x.shape))
    return found
