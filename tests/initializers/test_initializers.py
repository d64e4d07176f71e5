"""Initialisers start parameters as their names say: statistics, and what is refused."""

import math
from pathlib import Path
from typing import Any

import pytest
import torch

from snnc import network
from snnc.kinds import catalog
from tests.support.nets import document

SPEC = """
[input]
shape = [{inputs}]
[network]
layers = [{layers}, "IF"]
"""
LINEAR = '{{ kind = "Linear", name = "fc", out_features = {outputs}, weight_init = {{ {init} }} }}'
IN, OUT = 300, 200


def made(folder: Path, layers: str, inputs: str = "300") -> Any:
    torch.manual_seed(5)
    doc = document(folder, SPEC.format(layers=layers, inputs=inputs), 2)
    return network(doc)()


def weight(folder: Path, init: str) -> torch.Tensor:
    found: torch.Tensor = made(folder, LINEAR.format(outputs=OUT, init=init)).fc.weight.detach()
    return found


RELU, LEAKY = math.sqrt(2), math.sqrt(2 / (1 + 0.5**2))
NORMAL = {
    'kind = "normal"': (0.0, 1.0),
    'kind = "normal", mean = 2.0, std = 0.5': (2.0, 0.5),
    'kind = "kaiming_normal"': (0.0, RELU / IN**0.5),
    'kind = "kaiming_normal", mode = "fan_out"': (0.0, RELU / OUT**0.5),
    'kind = "kaiming_normal", a = 0.5': (0.0, LEAKY / IN**0.5),
    'kind = "kaiming_normal", nonlinearity = "linear"': (0.0, 1 / IN**0.5),
    'kind = "xavier_normal"': (0.0, (2 / (IN + OUT)) ** 0.5),
    'kind = "xavier_normal", gain = 3.0': (0.0, 3 * (2 / (IN + OUT)) ** 0.5),
    'kind = "trunc_normal", std = 0.02': (0.0, 0.02),
}
UNIFORM = {
    'kind = "uniform"': (0.0, 1.0),
    'kind = "uniform", a = -2.0, b = -1.0': (-2.0, -1.0),
    'kind = "kaiming_uniform"': (-RELU * (3 / IN) ** 0.5, RELU * (3 / IN) ** 0.5),
    'kind = "xavier_uniform"': (-((6 / (IN + OUT)) ** 0.5), (6 / (IN + OUT)) ** 0.5),
}
CONSTANT = {'kind = "zeros"': 0.0, 'kind = "ones"': 1.0, 'kind = "constant", val = -0.25': -0.25}


@pytest.mark.parametrize("init", NORMAL)
def test_normal_distributions(tmp_path: Path, init: str) -> None:
    mean, std = NORMAL[init]
    drawn = (weight(tmp_path, init) - mean) / std
    assert abs(float(drawn.mean())) < 0.02
    assert abs(float(drawn.std()) - 1) < 0.02
    assert abs(float((drawn.abs() < 1).float().mean()) - 0.6827) < 0.01
    assert float(drawn.abs().max()) > 3


@pytest.mark.parametrize("init", UNIFORM)
def test_uniform_distributions(tmp_path: Path, init: str) -> None:
    low, high = UNIFORM[init]
    drawn = (weight(tmp_path, init) - low) / (high - low)
    assert -1e-6 <= float(drawn.min()) < 0.001
    assert 0.999 < float(drawn.max()) <= 1 + 1e-6
    assert abs(float(drawn.mean()) - 1 / 2) < 0.005
    assert abs(float(drawn.var()) - 1 / 12) < 0.002


def test_a_truncated_normal_distribution_is_cut(tmp_path: Path) -> None:
    drawn = weight(tmp_path, 'kind = "trunc_normal", a = -0.5, b = 1.0')
    assert -0.5 <= float(drawn.min()) < -0.49
    assert 0.99 < float(drawn.max()) <= 1.0


def test_an_orthogonal_matrix(tmp_path: Path) -> None:
    rows = weight(tmp_path, 'kind = "orthogonal", gain = 2.0')
    torch.testing.assert_close(rows @ rows.T, 4 * torch.eye(OUT), atol=1e-4, rtol=0)


@pytest.mark.parametrize("init", CONSTANT)
def test_constants(tmp_path: Path, init: str) -> None:
    assert set(weight(tmp_path, init).flatten().tolist()) == {CONSTANT[init]}


def test_every_initialiser_is_tested() -> None:
    tested = {init.split('"')[1] for init in (*NORMAL, *UNIFORM, *CONSTANT)} | {"orthogonal"}
    assert tested == set(catalog("snnc.initializers"))


WEIGHTED = {
    "Conv1d": ("[2, 6]", "out_channels = 3, kernel_size = 2"),
    "Conv2d": ("[2, 6, 6]", "out_channels = 3, kernel_size = 2"),
    "Conv3d": ("[2, 3, 4, 4]", "out_channels = 3, kernel_size = 2"),
    "ConvTranspose2d": ("[2, 6, 6]", "out_channels = 3, kernel_size = 2"),
    "WSConv2d": ("[2, 6, 6]", "out_channels = 3, kernel_size = 2"),
    "Linear": ("[6]", "out_features = 3"),
    "BatchNorm1d": ("[6]", "eps = 1e-4"),
    "BatchNorm2d": ("[2, 6, 6]", "eps = 1e-4"),
    "BatchNorm3d": ("[2, 3, 4, 4]", "eps = 1e-4"),
    "TDBatchNorm2d": ("[2, 6, 6]", "alpha = 0.5"),
    "TEBN2d": ("[2, 6, 6]", "eps = 1e-4"),
    "GroupNorm": ("[2, 6, 6]", "num_groups = 1"),
    "LayerNorm": ("[2, 6]", "eps = 1e-4"),
}


@pytest.mark.parametrize("kind", WEIGHTED)
def test_every_layer_with_weights_starts_as_the_spec_says(tmp_path: Path, kind: str) -> None:
    shape, fields = WEIGHTED[kind]
    init = 'weight_init = { kind = "constant", val = 0.5 }, bias_init = "ones"'
    layer = f'{{ kind = "{kind}", name = "a", {fields}, {init} }}'
    net = made(tmp_path, layer, shape[1:-1])
    assert set(net.a.weight.flatten().tolist()) == {0.5}
    assert set(net.a.bias.flatten().tolist()) == {1.0}


def test_defaults_initialise_too_and_none_switches_them_off(tmp_path: Path) -> None:
    layers = (
        '{ kind = "Linear", name = "a", out_features = 3 },'
        ' { kind = "Linear", name = "b", out_features = 3, weight_init = "none" }'
    )
    text = SPEC.format(layers=layers, inputs="4") + '[defaults]\nLinear = { weight_init = "ones" }'
    net: Any = network(document(tmp_path, text))()
    assert set(net.a.weight.flatten().tolist()) == {1.0}
    assert len(set(net.b.weight.flatten().tolist())) > 1


def test_a_seed_makes_the_same_network(tmp_path: Path) -> None:
    layer = LINEAR.format(outputs=5, init='kind = "kaiming_normal"')
    one, other = (made(tmp_path, layer).fc.weight for _ in range(2))
    assert torch.equal(one, other)
