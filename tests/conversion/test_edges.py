"""A converted network computes only what reaches an output; its report counts all of it."""

import pytest
import torch

from tests.conversion.packages import Package

EDGES = """
[input]
shape = [1, 8, 8]
[network]
layers = [
  { kind = "Conv2d", out_channels = 4, kernel_size = 2 },
  "ReLU",
  { kind = "AvgPool2d", kernel_size = 2 },
  { kind = "Conv2d", out_channels = 6, kernel_size = 2 },
  "ReLU",
  "Flatten",
  { kind = "Linear", out_features = 10 },
]
[build]
passes = [PASSES]
"""
HEIGHTS = {"relu1": torch.tensor([0.5]), "relu2": torch.tensor([0.5])}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> list[Package]:
    """The package that is cropped, and the one that is not."""
    folder = tmp_path_factory.mktemp("edges")
    texts = [EDGES.replace("PASSES", some) for some in ('"hoist", "crop"', '"hoist"')]
    return [Package(folder, text, convert='calibrate = "bias"') for text in texts]


def test_the_answers_are_the_same_and_one_is_cropped(both: list[Package]) -> None:
    texts = [package.files["convert.py"] for package in both]
    assert ["[..., :7, :7]  # the rest reaches no output" in text for text in texts] == [
        True,
        False,
    ]
    x = torch.rand(5, 1, 8, 8)
    cropped, whole = (package.snn(package.ann(), HEIGHTS) for package in both)
    assert torch.equal(cropped(x), whole(x))
    assert cropped.values(x)["relu1"].shape == (8, 5, 4, 7, 7)


def test_the_report_counts_every_neuron(both: list[Package]) -> None:
    x = torch.rand(70, 1, 8, 8)  # more than are counted at once
    found = []
    for package in both:
        ann, script = package.ann(), package.convert
        snn = package.snn(ann, HEIGHTS)
        given = (script.ACTIVATIONS, script.ROWS)
        done = package.conversion.activity(ann, snn, *given, x, 8)
        found.append(done)
        assert {row.name: row.macs for row in script.ROWS}["conv1"] == 4 * 7 * 7 * 4
    assert found[0] == found[1]
    assert found[0].layers[0].neurons == 4 * 7 * 7
    assert found[0].layers[0].spikes > 0


def test_corrections_are_those_of_whole_layers(both: list[Package]) -> None:
    x, corrected = torch.rand(40, 1, 8, 8), []
    for package in both:
        ann = package.ann()
        snn = package.snn(ann, HEIGHTS)
        before = snn.get_parameter("conv1.bias").clone()
        package.conversion.correct(ann, snn, package.convert.ACTIVATIONS, x, 8, "bias")
        assert not torch.equal(snn.get_parameter("conv1.bias"), before)
        corrected.append(snn.state_dict())
    assert all(torch.equal(a, b) for a, b in zip(*(d.values() for d in corrected), strict=True))
