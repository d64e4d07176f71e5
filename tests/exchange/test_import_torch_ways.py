"""``snnc import torch`` of what torch.fx cannot trace, and of parts that are in the batch."""

import pytest
import torch

from snnc.exchange import Refused
from snnc.exchange.torch_fx import Imported, imported

HERE = "tests.support.untraceable_nets"


def brought(name: str, *shape: int) -> Imported:
    """An import; equality is proved within."""
    torch.manual_seed(0)
    return imported(f"{HERE}:{name}", "net", shape)


def test_what_torch_fx_cannot_trace_is_read_by_torch_export() -> None:
    made = brought("Writes", 3, 8, 8)
    way = made.remarks[0]
    assert way.startswith("tests/support/untraceable_nets.py line ")
    assert way.endswith(
        "(`y[:, 0] = y[:, 1] * 2`): torch.fx cannot trace it, so that the network was read by "
        "torch.export, which leaves dropouts out"
    )
    for part in (
        '{ kind = "Conv2d", name = "conv", out_channels = 4, kernel_size = 3, padding = "same" }',
        '{ kind = "BatchNorm2d", name = "bn", momentum = "cumulative" }',
        '{ kind = "Linear", name = "fc", out_features = 8 }',
        '{ kind = "Pad", name = "pad", mode = "reflect" }',
        "[outputs.probabilities]",
    ):
        assert part in made.spec


def test_what_torch_fx_records_otherwise_is_read_by_torch_export() -> None:
    made = imported("tests.support.foreign_nets:Adds", "net", (6,))
    assert "torch.fx records something else" in made.remarks[0]
    assert brought("Asks", 6).remarks[0].endswith("so that the network was read by torch.export")


def test_what_neither_can_read_is_refused_by_its_line() -> None:
    with pytest.raises(Refused, match=r"foreign_nets.py line \d+ \(`if .*torch.export \("):
        imported("tests.support.foreign_nets:Decides", "net", (6,))


def test_windows_in_the_batch_are_an_axis_of_the_sample() -> None:
    made = brought("Windows", 3, 7, 7)
    assert made.remarks == ()
    assert made.spec.count('kind = "MatMul"') == 2
    assert '{ kind = "BatchNorm1d", name = "bn" }' in made.spec


def test_what_is_not_known_of_parts_in_the_batch() -> None:
    said = r"conv \(nn.Conv2d\), .* line \d+: it reads parts of a sample as a batch"
    with pytest.raises(Refused, match=said):
        brought("Frames", 4, 2, 6, 6)
    with pytest.raises(Refused, match="it folds axes of samples into the batch"):
        brought("Mixes", 2, 4)
