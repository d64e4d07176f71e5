"""The keys of a state_dict, told without torch, beside those that the network has."""

from pathlib import Path

import pytest

import snnc
from snnc.analysis.tensors import learned, tensors
from snnc.document import Document
from tests.layers.test_layer_truth import CASES, SPEC
from tests.support.nets import document

ZOO = sorted((Path(__file__).parents[2] / "specs").glob("*.snn.toml"))


def told(found: Document) -> dict[str, tuple[int, ...]]:
    graph = snnc.link(found)
    every = [(node.path, tensors(node)) for node in graph.nodes]
    return {f"{path}.{name}": shape for path, own in every for name, shape in own.items()}


def kept(found: Document) -> dict[str, tuple[int, ...]]:
    state = snnc.network(found)().state_dict()
    return {name: tuple(tensor.shape) for name, tensor in state.items()}


@pytest.mark.parametrize("spec", ZOO, ids=lambda path: path.name.partition(".")[0])
def test_the_zoo(spec: Path) -> None:
    found = snnc.load(spec)
    assert told(found) == kept(found)
    trained = {f"{n.path}.{name}" for n in snnc.link(found).nodes for name in learned(n)}
    assert trained == {name for name, _ in snnc.network(found)().named_parameters()}


@pytest.mark.parametrize("case", CASES)
def test_layers(tmp_path: Path, case: str) -> None:
    shape, layers = CASES[case]
    text = SPEC.format(
        shape=shape, encoder="direct", layers=layers.replace("\n", " "), readout="mean"
    )
    found = document(tmp_path, text)
    assert told(found) == kept(found)
