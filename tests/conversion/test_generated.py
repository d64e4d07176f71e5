"""What is written for [convert] is as clean as everything else, whatever the names and options."""

from pathlib import Path

import pytest

import snnc
from snnc import network
from tests.conversion.packages import DIGITS, Package
from tests.emit.test_generated import style, types

SPECS = Path(__file__).parents[2] / "specs"
LONG = "a_longer_name"
NETS = {
    "digits": (DIGITS, 'compare = ["max"]'),
    "signed": (DIGITS, 'signed = true\ncalibrate = "potential"\nreadout_delay = 3\npool = "keep"'),
    "sums": (
        """
[input]
shape = [1, 8, 8]
[blocks.Stage]
layers = [
  { kind = "Conv2d", name = "conv", out_channels = 4, kernel_size = 3, padding = 1 },
  { kind = "ReLU" },
  { kind = "MaxPool2d", kernel_size = 2 },
]
[network]
layers = [
  { kind = "Stage", name = "stages", repeat = 3 },
  "Flatten",
  { kind = "Linear", out_features = 10 },
]
""",
        'pool = "sum"\ncos = 2',
    ),
    "count": (f'{DIGITS}\n[output]\nreadout = "sum"', 'calibrate = "bias"\nreadout_delay = 1'),
    "long": (
        f"""
[input]
shape = [1, 8, 8]
[blocks.Basic]
required = ["channels"]
layers = [
  {{ kind = "Conv2d", name = "{LONG}", out_channels = "$channels", kernel_size = 3, padding = 1 }},
  {{ kind = "BatchNorm2d", name = "b{LONG[1:]}" }},
  {{ kind = "Add", name = "c{LONG[1:]}", from = ["input", "b{LONG[1:]}"] }},
  {{ kind = "ReLU6", name = "d{LONG[1:]}" }},
  {{ kind = "QCFS", name = "e{LONG[1:]}", levels = 2 }},
]
[network]
layers = [
  {{ kind = "Conv2d", out_channels = 3, kernel_size = 1 }},
  {{ kind = "Basic", name = "f{LONG[1:]}", channels = 3, repeat = 2 }},
  "Dropout", "Flatten", {{ kind = "Linear", name = "g{LONG[1:]}", out_features = 10 }}, "Softmax",
]
""",
        'rule = "balance"\ncompare = ["max", "99.9%", "mmse", 0.5, 0.25]',
    ),
    # layers called as files of what kernels.py may hold
    "named": (
        """
[input]
shape = [1, 8, 8]
[network]
layers = [
  { kind = "Conv2d", name = "delay", out_channels = 3, kernel_size = 1 },
  { kind = "ReLU", name = "channel_dropout" },
  { kind = "Dropout", name = "dropout" },
  { kind = "QCFS", name = "bntt1d", levels = 2 },
  { kind = "Flatten", name = "dropped" },
  { kind = "Linear", name = "fc", out_features = 10 },
]
""",
        "",
    ),
}


def test_it_is_clean_formatted_and_typed(tmp_path: Path) -> None:
    packages = [Package(tmp_path, text, convert=convert) for text, convert in NETS.values()]
    assert style(tmp_path) == ""
    assert types(tmp_path, *(package.name for package in packages)) == ""


def test_what_is_shared_depends_on_no_spec(tmp_path: Path) -> None:
    first, second = (Package(tmp_path, DIGITS).output.shared for _ in range(2))
    assert "conversion/__init__.py" in first
    assert {n: body(text) for n, text in first.items()} == {
        n: body(text) for n, text in second.items()
    }


def body(text: str) -> list[str]:
    """A file without its header."""
    return text.splitlines()[4:]


@pytest.mark.parametrize(
    "name", ["ann2snn_mnist", "ann2snn_resnet", "vgg_qcfs_fmnist", "vgg16_qcfs"]
)
def test_the_zoo_is_right(name: str) -> None:
    assert snnc.check(SPECS / f"{name}.snn.toml") == ()


def test_the_small_vgg_is_small_and_the_residual_one_runs() -> None:
    names = ("vgg_qcfs_fmnist", "ann2snn_resnet")
    small, residual = (snnc.load(SPECS / f"{name}.snn.toml") for name in names)
    snn = snnc.link(small)
    assert sum(n.operator.parameters(*n.shapes) for n in snn.nodes) < 500_000
    found = snnc.converted(residual)
    assert found is not None
    # no layer is added, none is scaled: only the normalisations are gone
    assert len(found.ann.nodes) == len(found.snn.nodes) + len(found.folds)
    assert len(found.folds) == 21
    net = network(residual)(time_steps=2)
    assert sum(p.numel() for p in net.parameters()) > 250_000
