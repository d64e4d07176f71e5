"""What becomes of a graph: which layers go, and which biases are corrected."""

from pathlib import Path

import pytest
import torch

from tests.conversion.packages import Package

CONV = '{{ kind = "Conv2d", name = "{}", out_channels = 4, kernel_size = 3, padding = 1 }}'
END = ('"Flatten"', '{ kind = "Linear", out_features = 10 }')
POOL = '{ kind = "MaxPool2d", kernel_size = 2 }'
AVERAGE = '{ kind = "AvgPool2d", kernel_size = 2 }'


def made(folder: Path, convert: str, *layers: str) -> Package:
    """The package of these layers on digits."""
    listed = ",\n".join((*layers, *END))
    text = f"[input]\nshape = [1, 8, 8]\n[network]\nlayers = [\n{listed},\n]"
    return Package(folder, text, convert=convert)


def test_an_identity_is_gone_and_hides_no_activation_from_a_pooling(tmp_path: Path) -> None:
    package = made(tmp_path, "", CONV.format("a"), '"ReLU"', '"Identity"', POOL, '"Identity"')
    names = [name for name, *_ in package.convert.GRAPH]
    assert names == ["input", "a", "pool1", "relu1", "flatten1", "fc1", "output"]
    assert package.convert.ACTIVATIONS[0].value == "pool1"


@pytest.mark.parametrize("sources", ['["relu1", "b"]', '["b", "relu1"]'])
def test_a_bias_corrects_through_any_part_of_a_sum(tmp_path: Path, sources: str) -> None:
    add = f'{{ kind = "Add", from = {sources} }}'
    layers = (CONV.format("a"), '"ReLU"', CONV.format("b"), add, AVERAGE, '"ReLU"')
    package = made(tmp_path, 'calibrate = "bias"', *layers)
    assert [one.bias for one in package.convert.ACTIVATIONS] == ["a", "b"]


def test_rules_that_find_nothing_are_mentioned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    package = made(tmp_path, 'compare = ["max"]', CONV.format("a"), '"QCFS"')
    torch.save(package.ann().state_dict(), tmp_path / "ann.pt")
    told = ["--weights", str(tmp_path / "ann.pt"), "--limit", "9", "--device", "cpu"]
    assert package.convert.main(told) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[1] == "All thresholds are learned: there is nothing that rules could find."
    assert said[2].startswith("learned ")
    assert "## Layers under learned" in (tmp_path / "convert/report.md").read_text()
