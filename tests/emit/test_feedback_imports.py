"""A neuron's class names the layer in its feedback: kernels.py imports what it names."""

import json
from pathlib import Path
from typing import get_type_hints

import pytest
import torch
from torch import nn

from snnc import network
from snnc.kinds import catalog
from tests.support.nets import document

SPEC = """
[input]
shape = {shape}
encoder = "none"

[network]
layers = [
  {{ kind = "{neuron}", name = "c", feedback = {{ kind = "{kind}"{fields} }} }},
  {{ kind = "LIF" }},
]
"""
PADDED = ", kernel_size = 3, stride = 1, padding = 1"
ROW, SIGNAL, IMAGE, VOLUME = "[4]", "[2, 6]", "[2, 6, 6]", "[2, 6, 6, 6]"
KINDS = [
    ("AvgPool1d", PADDED, SIGNAL),
    ("AdaptiveAvgPool2d", ", output_size = 6", IMAGE),
    ("BNTT1d", "", ROW),
    ("BNTT2d", "", IMAGE),
    ("BatchNorm1d", ', stats = "step"', ROW),
    ("BatchNorm2d", ', stats = "step"', IMAGE),
    ("Conv1d", ", kernel_size = 3, padding = 1", SIGNAL),
    ("Conv2d", ", kernel_size = 3, padding = 1", IMAGE),
    ("Conv3d", ", kernel_size = 3, padding = 1", VOLUME),
    ("ConvTranspose2d", ", kernel_size = 3, padding = 1", IMAGE),
    ("Dropout", ", p = 0.5", ROW),
    ("Dropout", ', p = 0.5, mask = "step"', ROW),
    ("Dropout1d", ", p = 0.5", SIGNAL),
    ("Dropout1d", ', p = 0.5, mask = "step"', SIGNAL),
    ("Dropout2d", ", p = 0.5", IMAGE),
    ("Dropout2d", ', p = 0.5, mask = "step"', IMAGE),
    ("Flatten", "", ROW),
    ("GroupNorm", ", num_groups = 1", ROW),
    ("LayerNorm", "", ROW),
    ("Linear", "", ROW),
    ("MaxPool2d", PADDED, IMAGE),
    ("Permute", ", dims = [0, 2, 1]", IMAGE),
    ("QCFS", ", levels = 4", ROW),
    ("ReLU", "", ROW),
    ("Softmax", "", ROW),
    ("Unflatten", ", unflattened_size = [4]", ROW),
    ("Upsample", ", size = 6", IMAGE),
    ("Voting", ", voters = 1", ROW),
    ("WSConv2d", ", kernel_size = 3, padding = 1", IMAGE),
]


def made(folder: Path, kind: str, fields: str, shape: str, neuron: str = "LIF") -> nn.Module:
    """The network whose first neuron has this feedback."""
    text = SPEC.format(kind=kind, fields=fields, shape=shape, neuron=neuron)
    return network(document(folder, text))()


@pytest.mark.parametrize(("kind", "fields", "shape"), KINDS)
def test_every_kind_of_feedback(tmp_path: Path, kind: str, fields: str, shape: str) -> None:
    net, sizes = made(tmp_path, kind, fields, shape), [4, 3, *json.loads(shape)]
    cell = net.get_submodule("c")
    hint = get_type_hints(type(cell)).get("feedback")
    assert hint is None or isinstance(cell.feedback, hint)
    assert [*net(torch.rand(sizes)).shape] == sizes[1:]


@pytest.mark.parametrize("neuron", catalog("snnc.neurons"))
def test_every_neuron_around_a_class_of_the_runtime(tmp_path: Path, neuron: str) -> None:
    cell = made(tmp_path, "BNTT1d", "", ROW, neuron).get_submodule("c")
    assert isinstance(cell.feedback, get_type_hints(type(cell))["feedback"])
