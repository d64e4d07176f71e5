"""Networks for tests: specs as text, and a generated module beside its reference."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

import snnc
from snnc import network
from snnc.document import Document
from snnc.graph.types import Graph
from snnc.reference import Reference
from snnc.verify.compare import Limits, differences
from snnc.verify.data import inputs, refresh, vary
from snnc.verify.firing import make_fire
from snnc.verify.observe import Generated, Naive, see

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
    vary(reference, seed=0)
    data = inputs(graph, graph.time_steps, batch, dtype, seed=0)
    assert make_fire(reference, data) == {}
    refresh(reference, data, seed=0)
    module = network(doc)().to(dtype)
    module.load_state_dict(reference.state_dict())
    return Pair(graph, module, reference, {n: x.requires_grad_() for n, x in data.items()})


def same(both: Pair) -> None:
    """Outputs, values, gradients and statistics of both are equal."""
    got = see(Generated(both.module, both.graph), both.data, seed=7)
    want = see(Naive(both.reference), both.data, seed=7)
    found = differences(got, want, Limits())
    assert found
    assert [str(difference) for difference in found if not difference.equal] == []
