"""Networks for tests: specs as text, and a generated module beside its reference."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

import snnc
from snnc.compile import network
from snnc.document import Document
from snnc.graph import Graph
from snnc.reference import Reference
from snnc.reference.firing import make_fire

HEAD = 'format = 1\nname = "net"\ntime_steps = {steps}\n'


def document(folder: Path, text: str, steps: int = 4, *settings: str) -> Document:
    """The document of a spec that is ``text`` under the usual head."""
    path = folder / "net.snn.toml"
    path.write_text(HEAD.format(steps=steps) + text)
    return snnc.load(path, settings)


@dataclass(frozen=True)
class Pair:
    """A generated module and the reference, with the same parameters."""

    graph: Graph
    module: nn.Module
    reference: Reference
    data: Mapping[str, Tensor]

    def call(self) -> tuple[Any, dict[str, Any]]:
        """Both on the same data with the same seed: an output, and all the reference's values."""
        torch.manual_seed(7)
        got = self.module(*self.data.values()) if len(self.data) == 1 else self.module(**self.data)
        torch.manual_seed(7)
        return got, self.reference(**self.data)


def pair(doc: Document, batch: int = 3, dtype: torch.dtype = torch.float64) -> Pair:
    """Both forms of a document, on random data, with weights under which every neuron fires."""
    torch.manual_seed(0)
    graph = snnc.link(doc)
    reference = Reference(graph).to(dtype)
    data = inputs(graph, batch, dtype)
    make_fire(reference, data)
    _refresh(reference)
    module = network(snnc.emit(doc), doc.spec.name)().to(dtype)
    module.load_state_dict(reference.state_dict())
    return Pair(graph, module, reference, data)


def _refresh(reference: Reference) -> None:
    """Running statistics that are not the defaults, so that eval mode shows a difference."""
    for name, buffer in reference.named_buffers():
        if name.endswith("running_mean"):
            buffer.normal_(0.0, 0.1)
        if name.endswith("running_var"):
            buffer.uniform_(0.5, 1.5)


def inputs(graph: Graph, batch: int, dtype: torch.dtype) -> dict[str, Tensor]:
    """Random data in [0, 1) for every input."""
    shapes = {name: graph[name].shapes[0] for name in graph.inputs}
    timed = {name: graph[name].operator.kind == "none" for name in graph.inputs}
    lead = {name: (graph.time_steps, batch) if timed[name] else (batch,) for name in shapes}
    return {n: torch.rand(*lead[n], *shapes[n], dtype=dtype, requires_grad=True) for n in shapes}
