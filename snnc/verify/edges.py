"""Neurons alone, where their equations choose: at 0, on both sides of it, and at thresholds.

A branch that is not taken may have no finite derivative there, and data that are drawn at random
behind weights that are never meet such a point.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property

import torch
from torch import Tensor

import snnc
from snnc.document import Document
from snnc.encoders.none import NoEncoder
from snnc.graph.types import Graph
from snnc.neuron import Neuron
from snnc.readouts.sequence import EveryStep
from snnc.reference import Reference
from snnc.spec import Input, Network, Output
from snnc.step.chosen import CHOICES
from snnc.step.ssa import Expr, Operation
from snnc.verify.cases import Case
from snnc.verify.truth import Truth

_POINTS = (0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 0.25, 2.0, -2.0, 0.875)
_STEPS = 3


def alone(document: Document) -> Iterator[tuple[str, Document]]:
    """Every neuron that chooses, once, as a network of nothing else; its name in the spec."""
    known: set[str] = set()
    for node in snnc.link(document).nodes:
        neuron = node.operator
        if not isinstance(neuron, Neuron) or not any(
            _chooses(assign.value) for assign in neuron.equations().body
        ):
            continue
        lone = _lone(document, neuron)
        alike = repr(lone.spec.network.layers)
        if alike not in known:
            known.add(alike)
            yield node.path, lone


def _chooses(expr: Expr) -> bool:
    chosen = isinstance(expr, Operation) and expr.name in CHOICES
    return chosen or (isinstance(expr, Operation) and any(map(_chooses, expr.args)))


def _lone(document: Document, neuron: Neuron) -> Document:
    names = tuple(f"in{number}" for number, _ in enumerate(neuron.inputs))
    layer = neuron.model_copy(update={"name": "neuron", "source": names})
    given = Input(shape=(len(_POINTS),), encoder=NoEncoder())
    changed = {
        "time_steps": _STEPS,
        "inputs": dict.fromkeys(names, given),
        "network": Network.model_construct(layers=(layer,)),
        "outputs": {"answer": Output.model_validate({"readout": EveryStep(), "from": "neuron"})},
        "train": None,
        "convert": None,
    }
    spec = document.spec.model_copy(update=changed)
    return replace(document, spec=spec, blocks={}, sizes={}, problems=())


class Edges(Truth):
    """The truth of a lone neuron at those points, in every combination of two of them."""

    case = Case(True, "float64", _STEPS, len(_POINTS))

    def __init__(self, graph: Graph, seed: int) -> None:
        super().__init__(graph, seed, len(_POINTS))

    @cached_property
    def start(self) -> tuple[Reference, Mapping[str, float]]:
        torch.default_generator.manual_seed(self.seed)
        return Reference(self.graph).double(), {}

    def data(self, case: Case) -> dict[str, Tensor]:
        points, count = torch.tensor(_POINTS, dtype=case.dtype), len(_POINTS)
        at, of = torch.meshgrid(torch.arange(count), torch.arange(count), indexing="ij")
        return {
            name: torch.stack([points[(of + (t + number) * at) % count] for t in range(_STEPS)])
            for number, name in enumerate(self.graph.inputs)
        }
