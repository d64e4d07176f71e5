"""Batch normalisations go into weights, and nothing changes: in float64 to 1e-10."""

from pathlib import Path

import pytest
import torch

from tests.conversion.packages import Package

CONV = '{ kind = "Conv2d", out_channels = 6, kernel_size = 3'
HEAD = '"Flatten", { kind = "Linear", out_features = 10 }, "ReLU"'
NETS = {
    "behind": (f'{CONV} }}, "BatchNorm2d", "ReLU", {HEAD}', 1),
    "behind, no bias": (f'{CONV}, bias = false }}, "BatchNorm2d", "ReLU", {HEAD}', 1),
    "no affine": (f'{CONV} }}, {{ kind = "BatchNorm2d", affine = false }}, "ReLU", {HEAD}', 1),
    "grouped": (
        f'{CONV} }}, "ReLU", "BatchNorm2d", {CONV}, groups = 3 }}, "BatchNorm2d", "ReLU", {HEAD}',
        2,
    ),
    "two in a row": (f'{CONV} }}, "BatchNorm2d", "BatchNorm2d", "ReLU", {HEAD}', 2),
    "before a valid convolution": (f'"BatchNorm2d", {CONV} }}, "ReLU", {HEAD}', 1),
    "before a mirrored border": (
        f'"BatchNorm2d", {CONV}, padding = 1, padding_mode = "reflect" }}, "ReLU", {HEAD}', 1),
    "before a flattening": (f'{CONV} }}, "ReLU", "BatchNorm2d", {HEAD}', 1),
    "of features": (f'{HEAD}, {{ kind = "Linear", out_features = 10 }}, "BatchNorm1d", "ReLU"', 1),
    "dropout between": (
        f'{CONV} }}, "Dropout2d", "BatchNorm2d", "ReLU", "Dropout", {HEAD}', 1),
    # zeros around the input are not shifted
    "before padding": (f'"BatchNorm2d", {CONV}, padding = 1 }}, "ReLU", {HEAD}', 0),
    # the sum has no weights, and two layers read what is behind it
    "standing alone": ((
        f'{CONV}, name = "a" }}, "ReLU", {CONV}, name = "b", padding = 1 }},'
        f'{{ kind = "Add", from = ["a", "b"] }}, {{ kind = "BatchNorm2d", name = "bn" }},'
        f'"ReLU", {{ kind = "Add", name = "c", from = ["bn", "relu2"] }}, "ReLU", {HEAD}'), 0),
    # the convolution's own value is read too
    "read twice": ((
        f'{CONV}, name = "a" }}, {{ kind = "BatchNorm2d", name = "bn" }}, "ReLU",'
        f'{{ kind = "Add", from = ["a", "relu1"] }}, "ReLU", {HEAD}'), 0),
}  # fmt: skip


@pytest.mark.parametrize("net", NETS)
def test_the_folded_ann_is_the_ann(tmp_path: Path, net: str) -> None:
    layers, folds = NETS[net]
    text = f"[input]\nshape = [1, 8, 8]\n[network]\nlayers = [{layers}]"
    package = Package(tmp_path, text)
    ann = package.ann().double()
    x = torch.randn(5, 1, 8, 8, dtype=torch.float64)
    folded = package.conversion.folded(ann, package.convert.FOLDS)
    assert len(package.convert.FOLDS) == folds
    assert (folded(x) - ann(x)).abs().max() < 1e-10
    assert ann(x).abs().max() > 0.1


def test_the_ann_itself_is_left_alone(tmp_path: Path) -> None:
    package = Package(tmp_path, "[input]\nshape = [1, 8, 8]\n[network]\nlayers = ["
                      f'{NETS["behind"][0]}]')  # fmt: skip
    ann = package.ann().train()
    before = {name: value.clone() for name, value in ann.state_dict().items()}
    package.conversion.folded(ann, package.convert.FOLDS)
    assert ann.training
    assert all(torch.equal(value, before[name]) for name, value in ann.state_dict().items())
