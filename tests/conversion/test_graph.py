"""What becomes of a graph: which layers go, and which biases are corrected."""

import shutil
from pathlib import Path

import pytest
import torch

from snnc.verify.configurations import backends
from snnc.verify.run import Options, Verification
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


POOLED = (CONV.format("a"), '"ReLU"', CONV.format("b"), '"ReLU"', POOL)


def test_poolings_of_sums_follow_only_what_changes(tmp_path: Path) -> None:
    layers = (CONV.format("a"), '"ReLU"', POOL, CONV.format("b"), POOL, '"ReLU"')
    package = made(tmp_path, 'pool = "sum"', *layers)
    assert [row[0] for row in package.convert.GRAPH if row[0] not in ("input", "output")] == [
        *("a", "pool1", "relu1", "b", "pool2_sum", "pool2", "pool2_change", "relu2"),
        *("flatten1", "fc1"),
    ]


@pytest.mark.parametrize("steps", [64, 512])
def test_the_largest_sum_is_the_largest_mean(tmp_path: Path, steps: int) -> None:
    found = {}
    for pool in ("sum", "move"):
        package = made(tmp_path, f'pool = "{pool}"', *POOLED)
        ann, x = package.ann().double(), torch.rand(5, 1, 8, 8, dtype=torch.float64)
        heights = {name: torch.tensor([2.0], dtype=torch.float64) for name in ("relu1", "relu2")}
        snn = package.snn(ann, heights)
        snn.time_steps = steps
        with torch.no_grad():
            want = ann.pool1(ann.relu2(ann.b(ann.relu1(ann.a(x)))))
            rate = snn.values(x)["relu2"].mean(0)
        assert float(want.max()) < 2.0
        found[pool] = float((rate - want).abs().max())
    # as without a pooling: some thresholds for all steps together
    assert found["sum"] < 2.0 * 4 / steps
    assert found["move"] > 2 * found["sum"]


def test_a_name_that_is_taken_is_left_to_its_layer(tmp_path: Path) -> None:
    named = '{ kind = "ReLU", name = "pool1_sum" }'
    package = made(
        tmp_path, 'pool = "sum"', CONV.format("a"), '"ReLU"', CONV.format("b"), POOL, named
    )
    names = [name for name, *_ in package.convert.GRAPH]
    assert names[3:8] == ["b", "pool1_sum_", "pool1", "pool1_change", "pool1_sum"]


def test_step_by_step_sums_go_on(tmp_path: Path) -> None:
    package = made(tmp_path, 'pool = "sum"', *POOLED)
    heights = {name: torch.tensor([0.3]) for name in ("relu1", "relu2")}
    snn, x = package.snn(package.ann(), heights), torch.rand(5, 1, 8, 8)
    state: dict[str, torch.Tensor] = {}
    each = [snn(x, time_steps=1, state=state)[0] for _ in range(8)]
    assert {"pool1_sum.total", "pool1_change.before"} < {*state}
    assert torch.allclose(torch.stack(each), snn(x), atol=1e-5)


def test_verify_compares_every_backend_and_finds_nothing(tmp_path: Path) -> None:
    package = made(tmp_path, 'pool = "sum"', *POOLED)
    rows = [*Verification(package.document, Options()).rows()]
    assert {row.configuration.backend for row in rows} >= {*backends(package.document)}
    assert "c" in backends(package.document) or not shutil.which("cc")
    assert [row.finding for row in rows if row.finding] == []
    assert any(row.configuration.chunk for row in rows)
