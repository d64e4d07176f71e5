"""Ranges, static values, rates and memory of whole networks."""

from math import inf
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

import snnc
from snnc import network
from snnc.analysis.memory import kept
from snnc.analysis.ranges import ranges
from snnc.analysis.rates import rates
from snnc.analysis.static import lost, static
from snnc.document import Document
from tests.support.nets import document

ZOO = Path(__file__).parents[2] / "specs"
RANGED = """
[input]
shape = [4]
encoder = "poisson"
[network]
layers = [
  { kind = "Dropout", name = "drop", p = 0.5 },
  { kind = "Linear", name = "fc", out_features = 4 },
  { kind = "ReLU", name = "relu" },
  { kind = "LIF", name = "s" },
  { kind = "Add", name = "sum", from = ["s", "s@-1", "input"] },
  { kind = "ReLU6", name = "cut" },
  { kind = "Delay", name = "late", delay = 1.0 },
  { kind = "Concat", name = "all", from = ["late", "drop", "last@-1"] },
  { kind = "Linear", name = "out", out_features = 4 },
  { kind = "TernaryLIF", name = "last" },
]
"""


def test_ranges(tmp_path: Path) -> None:
    doc = document(tmp_path, RANGED)
    found = ranges(doc, snnc.link(doc))
    assert found["drop"] == (0.0, 2.0)
    assert found["fc"] == (-inf, inf)
    assert found["relu"] == (0.0, inf)
    assert found["sum"] == found["cut"] == found["late"] == (0.0, 3.0)
    assert found["all"] == (-inf, inf)  # a value of later in the text is not known yet
    assert found["last"] == (-1.0, 1.0)


def test_ranges_of_data(tmp_path: Path) -> None:
    text = """
[input]
shape = [1, 28, 28]
[network]
layers = [
  { kind = "MaxPool2d", kernel_size = 2 },
  "Flatten",
  { kind = "Linear", out_features = 10 },
  "LI",
]
[train]
dataset = { kind = "MNIST", normalize = { mean = [0.5], std = [0.25] } }
loss = "mse"
epochs = 1
batch_size = 4
optimizer = "Adam"
"""
    doc = document(tmp_path, text)
    assert ranges(doc, snnc.link(doc))["pool1"] == (-2.0, 2.0)


CHANCE = """
[input]
shape = [4]
encoder = "{encoder}"
[network]
layers = [
  {{ kind = "Linear", name = "a", out_features = 8 }},
  {{ kind = "Dropout", name = "drop", mask = "{mask}" }},
  {{ kind = "Linear", name = "b", out_features = 8 }},
  {{ kind = "IF", name = "s" }},
  {{ kind = "Linear", name = "c", out_features = 8 }},
]
"""


@pytest.mark.parametrize(
    ("encoder", "mask", "still", "costs"),
    [
        ("direct", "sequence", {"input", "a", "drop", "b"}, {}),
        ("direct", "step", {"input", "a"}, {"drop": 64 * 3}),
        ("poisson", "sequence", set[str](), {"input": (32 + 64) * 3}),
        ("poisson", "step", set[str](), {"input": 32 * 3}),
        ("latency", "sequence", set[str](), {}),
        ("none", "step", set[str](), {}),
    ],
)
def test_what_chance_costs(
    encoder: str, mask: str, still: set[str], costs: dict[str, int], tmp_path: Path
) -> None:
    graph = snnc.link(document(tmp_path, CHANCE.format(encoder=encoder, mask=mask)))
    assert static(graph) == still
    assert {node.path: cost for node, cost in lost(graph)} == costs


def stack(folder: Path, kind: str, threshold: float, steps: int) -> Document:
    neuron = f'{{ kind = "{kind}", v_threshold = {threshold} }}'
    layers = f'{{ kind = "Linear", out_features = 256 }}, {neuron}'
    text = f"[input]\nshape = [784]\n[network]\nlayers = [{', '.join([layers] * 4)}]\n"
    return document(folder, text, steps)


@pytest.mark.parametrize(
    ("kind", "threshold", "steps"),
    [("IF", 1.0, 8), ("IF", 1.0, 32), ("LIF", 0.2, 8), ("LIF", 0.1, 8), ("LIF", 1.0, 8)],
)
def test_rates_are_about_those_of_the_network(
    kind: str, threshold: float, steps: int, tmp_path: Path
) -> None:
    doc = stack(tmp_path, kind, threshold, steps)
    torch.manual_seed(0)
    net: Any = network(doc)().eval()
    with torch.no_grad():
        values = net.values(torch.randn(64, 784))
    for name, (rate, _) in rates(snnc.link(doc)).items():
        measured = values[name].mean().item()
        few = max(rate, measured) < 0.02
        assert few or 0.4 < rate / measured < 2.5, (name, rate, measured)


def test_rates_end_where_something_else_lies_between(tmp_path: Path) -> None:
    text = """
[input]
shape = [8]
[network]
layers = [
  { kind = "Linear", out_features = 8 }, "IF",
  { kind = "Linear", out_features = 8 }, "BatchNorm1d", "IF",
  { kind = "Linear", out_features = 8 }, "IF",
  { kind = "Linear", out_features = 8, weight_init = "orthogonal" }, "IF",
]
"""
    assert {*rates(snnc.link(document(tmp_path, text)))} == {"if1"}


def saved(doc: Document, batch: int) -> int:
    """The bytes that PyTorch saves for the backward pass, without what is one kernel on the CPU."""
    net = network(doc, without={"norm", "pool", "crop", "whole"})().train()
    parameters = {p.untyped_storage().data_ptr() for p in net.parameters()}
    (data,) = doc.spec.inputs.values()
    timed = (doc.spec.time_steps,) if data.encoder.timed_data else ()
    found: dict[int, int] = {}
    alive: list[Tensor] = []

    def keep(x: Tensor) -> Tensor:
        storage = x.untyped_storage()
        if storage.data_ptr() not in parameters:
            found[storage.data_ptr()] = storage.nbytes()
        alive.append(x)
        return x

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda x: x):
        net(torch.rand(*timed, batch, *data.shape))
    return sum(found.values())


@pytest.mark.parametrize("name", ["digits_conv", "lif_fc_mnist", "shd_alif", "conv_fmnist"])
def test_memory_is_what_pytorch_saves(name: str) -> None:
    doc = snnc.load(ZOO / f"{name}.snn.toml")
    estimate = sum(kept(snnc.link(doc)).values()) * 4
    assert estimate == pytest.approx(saved(doc, 4), rel=0.03)
