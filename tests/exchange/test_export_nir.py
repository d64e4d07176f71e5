"""Specs as NIR: what is written computes the same when it is read again, and the rest is told."""

from pathlib import Path
from typing import Any

import nir
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file

import snnc
from tests.support.cli import snnc as run
from tests.support.nir_reference import outputs

ZOO = Path(__file__).parents[2] / "specs"
HEAD = """\
format = 1
name = "net"
time_steps = 20

[input]
shape = [{shape}]
encoder = "none"

[network]
layers = [
{layers}
]

[output]
readout = "sequence"
"""


def lively(net: torch.nn.Module) -> torch.nn.Module:
    """Numbers with which every layer does something."""
    torch.manual_seed(0)
    for module in net.modules():
        if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
            ranges = {"weight": (0.8, 1.5), "bias": (0.0, 0.6), "running_mean": (-0.1, 0.1)}
            for name, (low, high) in {**ranges, "running_var": (0.3, 1.0)}.items():
                getattr(module, name).data.uniform_(low, high)
        if isinstance(module, torch.nn.Linear):
            module.weight.data *= 4
    return net


def saved(path: Path, spec: Path) -> torch.nn.Module:
    torch.manual_seed(0)
    net = lively(snnc.compile(spec).eval())
    save_file({key: value.contiguous() for key, value in net.state_dict().items()}, path)
    return net.double()


def spec(folder: Path, shape: str, *layers: str) -> Path:
    path = folder / "net.snn.toml"
    lines = "\n".join(f"  {{ {layer} }}," for layer in layers)
    path.write_text(HEAD.format(shape=shape, layers=lines))
    return path


def exported(
    capsys: pytest.CaptureFixture[str], path: Path, weights: Path, file: Path
) -> tuple[int, str]:
    ran = run(
        capsys, "export", "nir", str(path), "--weights", str(weights), "--dt", "1e-3",
        "-o", str(file), "--force",
    )  # fmt: skip
    assert "Traceback" not in ran.err
    return ran.code, ran.err


def back(capsys: pytest.CaptureFixture[str], file: Path, *options: str) -> torch.nn.Module:
    name = file.with_name(f"{file.stem}_back")
    ran = run(capsys, "import", "nir", str(file), "--dt", "1e-3", "-o", str(name), *options)
    assert ran.code == 0, ran.err
    net = snnc.compile(name.with_name(f"{name.name}.snn.toml")).double().eval()
    net.load_state_dict(load_file(name.with_name(f"{name.name}.safetensors")))
    return net


def sequence(net: Any, graph: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """What the encoder makes of random data, and what the readout reads, both [T, B, ...]."""
    shape = graph[graph.inputs[0]].operator
    torch.manual_seed(1)
    x = (
        torch.rand(3, *graph.nodes[0].shape)
        if shape.kind != "columns"
        else torch.rand(3, 1, 28, 28)
    )
    if shape.kind == "none":
        x = (torch.rand(graph.time_steps, *x.shape) < 0.4).to(x)
    with torch.no_grad():
        values = net.values(x.double() * (1 if shape.kind in ("none", "poisson") else 2))
    fed, read = values["input"], values[graph[graph.outputs[0]].inputs[0].node]
    timed = fed.dim() == len(graph.nodes[0].shape) + 2
    return fed if timed else fed.expand(graph.time_steps, *fed.shape), read


SAYABLE = ("lif_fc_mnist", "seq_fmnist_plain", "sew_resnet18_cifar10")
NEVER = {"MaxPool2d", "Concat", "ALIF", "Attention", "ScaledIF", "SynapseFilter", "IAND"}
"""Kinds in the zoo that NIR cannot say."""


def test_nothing_else_of_the_zoo_can_be_said() -> None:
    """A new network either comes back as it was, below, or has a layer that is refused."""
    for path in ZOO.glob("*.snn.toml"):
        kinds = {node.operator.kind for node in snnc.link(snnc.load(path)).nodes}
        name = path.name.partition(".")[0]
        assert (name in SAYABLE) != bool(kinds & NEVER), name


@pytest.mark.parametrize("name", SAYABLE)
def test_the_zoo_comes_back_as_it_was(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, weights = ZOO / f"{name}.snn.toml", tmp_path / "net.safetensors"
    net = saved(weights, path)
    code, told = exported(capsys, path, weights, tmp_path / "net.nir")
    assert code == 0, told
    assert "note: the readout mean is not in the file" in told
    x, want = sequence(net, snnc.link(snnc.load(path)))
    with torch.no_grad():
        got = back(capsys, tmp_path / "net.nir", "--fires", "at")(x)
    assert len(np.unique(want)) > 1
    assert int((got != want).sum()) == 0


SAID: dict[str, tuple[str, tuple[str, ...]]] = {
    "conv, norm, pool, feedback": (
        "2, 8, 8",
        (
            'kind = "Conv2d", out_channels = 6, kernel_size = 3, padding = 1, bias = false',
            'kind = "BatchNorm2d"',
            'kind = "IF"',
            'kind = "AvgPool2d", kernel_size = 2',
            'kind = "Flatten"',
            'kind = "Dropout", p = 0.5',
            'kind = "Linear", out_features = 20, bias = false',
            'kind = "LIF", v_threshold = 0.2, v_reset = -0.1, feedback = { kind = "Linear" }',
            'kind = "Linear", out_features = 5',
            'kind = "LIF", tau = 2.0, decay_input = false, v_threshold = 0.3',
        ),
    ),
    "norms that stand alone, sums": (
        "3, 8, 8",
        (
            'kind = "BatchNorm2d", name = "first"',
            'kind = "IF", name = "a"',
            'kind = "Conv2d", name = "c", out_channels = 3, kernel_size = 3, padding = "same"',
            'kind = "Add", from = ["a", "c"]',
            'kind = "PLIF", tau = { value = 3.0, per = "channel" }, name = "p"',
            'kind = "Add", from = ["p", "p"]',
            'kind = "AdaptiveAvgPool2d", output_size = 2',
            'kind = "Flatten"',
            'kind = "Voting", voters = 3',
            'kind = "BatchNorm1d"',
            'kind = "LI", tau = 4.0',
        ),
    ),
    "currents, delays": (
        "6",
        (
            'kind = "Linear", out_features = 8, name = "fc"',
            'kind = "CUBALIF", c_decay = 0.6, v_decay = 0.8, name = "hidden"',
            'kind = "Delay", delay = 2.0',
            'kind = "Linear", out_features = 8, name = "out"',
            'kind = "Linear", out_features = 8, name = "late", from = "hidden@-2"',
            'kind = "Add", from = ["out", "late"]',
            'kind = "I"',
        ),
    ),
    "a cycle of two steps": (
        "6",
        (
            'kind = "Linear", out_features = 8, name = "fc"',
            'kind = "Linear", out_features = 8, name = "rec", from = "hidden@-2"',
            'kind = "Add", from = ["fc", "rec"]',
            'kind = "LIF", name = "hidden"',
        ),
    ),
    "one axis": (
        "3, 12",
        (
            'kind = "Conv1d", out_channels = 4, kernel_size = 3, stride = 2, bias = false',
            'kind = "IF"',
            'kind = "AdaptiveAvgPool1d", output_size = 1',
            'kind = "Flatten"',
            'kind = "Linear", out_features = 3',
            'kind = "IF"',
        ),
    ),
}


@pytest.mark.parametrize("name", SAID)
def test_what_nir_can_say_comes_back_as_it_was(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shape, layers = SAID[name]
    path, weights = spec(tmp_path, shape, *layers), tmp_path / "net.safetensors"
    net = saved(weights, path)
    code, told = exported(capsys, path, weights, tmp_path / "net.nir")
    assert code == 0, told
    x, want = sequence(net, snnc.link(snnc.load(path)))
    start = ("--start", "v_leak") if "v_reset" in str(layers) else ()
    with torch.no_grad():
        got = back(capsys, tmp_path / "net.nir", "--fires", "at", *start)(x)
    assert len(np.unique(want)) > 1
    assert (got - want).abs().max() < 1e-12
    nir.read(tmp_path / "net.nir")


def test_a_file_says_what_the_network_computes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    layers = (
        'kind = "Linear", out_features = 8',
        'kind = "LIF", tau = 3.0, name = "hidden", v_threshold = 0.7',
        'kind = "Linear", out_features = 4, bias = false',
        'kind = "IF"',
    )
    path, weights = spec(tmp_path, "6", *layers), tmp_path / "net.safetensors"
    net = saved(weights, path)
    assert exported(capsys, path, weights, tmp_path / "net.nir")[0] == 0
    graph = nir.read(tmp_path / "net.nir")
    x: NDArray[np.float64] = (np.random.default_rng(3).random((20, 6)) < 0.5).astype(np.float64)
    found = outputs(graph, ["input", "fc1", "hidden", "fc2", "if1", "output"], set(), x, 1e-3)
    with torch.no_grad():
        want = net(torch.from_numpy(x)[:, None])[:, 0].numpy()
    assert want.sum() > 5
    assert np.array_equal(found["output"], want)
    hidden = graph.nodes["hidden"]
    assert np.allclose(hidden.tau, 3e-3, rtol=1e-15)
    assert np.allclose(hidden.v_threshold, 0.7)
    assert float(graph.metadata["dt"]) == 1e-3


def test_an_imported_graph_goes_out_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    numbers = {"tau_syn": 0.004, "tau_mem": 0.01, "r": 2.0, "v_leak": 0.05, "v_threshold": 0.3}
    cell = nir.CubaLIF(**{key: np.linspace(v, 2 * v, 5) for key, v in numbers.items()})
    nodes = {
        "input": nir.Input({"input": np.array([5])}),
        "w": nir.Scale(np.linspace(0.5, 3, 5)),
        "cell": cell,
        "li": nir.LI(np.full(5, 0.02), np.full(5, 3.0), np.full(5, 0.1)),
        "output": nir.Output({"output": np.array([5])}),
    }
    edges = [("input", "w"), ("w", "cell"), ("cell", "li"), ("li", "output")]
    nir.write(tmp_path / "first.nir", nir.NIRGraph(nodes, edges))
    net = back(capsys, tmp_path / "first.nir")
    again = exported(
        capsys,
        tmp_path / "first_back.snn.toml",
        tmp_path / "first_back.safetensors",
        tmp_path / "second.nir",
    )
    assert again[0] == 0, again[1]
    graph = nir.read(tmp_path / "second.nir")
    assert [type(node).__name__ for node in graph.nodes.values()].count("CubaLIF") == 1
    for key, value in numbers.items():
        assert np.allclose(getattr(graph.nodes["cell"], key), np.linspace(value, 2 * value, 5))
    x = (torch.rand(20, 2, 5, generator=torch.Generator().manual_seed(1)) < 0.5).double()
    with torch.no_grad():
        assert (back(capsys, tmp_path / "second.nir")(x) - net(x)).abs().max() < 1e-13


UNSAID = {
    'kind = "LIF", reset = "soft"': "NIR sets the potential to v_reset: a soft reset cannot",
    'kind = "MaxPool2d", kernel_size = 2': "NIR has no MaxPool2d: train with AvgPool",
    'kind = "Concat", from = ["input", "input"]': "NIR has no Concat: a Linear of joined features",
    'kind = "ALIF"': "NIR has no ALIF: IF, LIF, PLIF, CUBALIF, LI and I are in NIR",
    'kind = "ReLU"': "NIR has no ReLU: convert the ANN to a spiking network first",
    'kind = "Mul", from = ["input", "input"]': "NIR has no Mul: NIR adds values",
    'kind = "Conv2d", out_channels = 2, kernel_size = 3, padding = 1, padding_mode = "reflect"': (
        "NIR pads with zeros, not by reflect"
    ),
    'kind = "AvgPool2d", kernel_size = 3, ceil_mode = true': "NIR's pooling has no ceil_mode",
    'kind = "Delay", delay = 1.5': "NIR's Delay is read as whole time steps",
    'kind = "IF", initial = { v = 0.5 }': "NIR has no start of a potential",
    'kind = "CUBALIF", v_decay = 1.0': "NIR's currents and potentials decay: c_decay",
}


@pytest.mark.parametrize("layer", UNSAID)
def test_what_nir_cannot_say_is_told_by_layer_and_line(
    layer: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = spec(tmp_path, "2, 8, 8", layer.replace('kind = "', 'name = "odd", kind = "', 1))
    saved(tmp_path / "net.safetensors", path)
    code, told = exported(capsys, path, tmp_path / "net.safetensors", tmp_path / "net.nir")
    assert code == 1
    assert told.startswith(f"{path}:11: layer odd: {UNSAID[layer]}")
    assert not (tmp_path / "net.nir").exists()


def test_a_late_current_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = spec(
        tmp_path,
        "6",
        'kind = "Linear", out_features = 8, name = "fc"',
        'kind = "Add", from = ["fc", "rec@-1"]',
        'kind = "LIF", name = "hidden"',
        'kind = "Linear", out_features = 8, name = "rec"',
        'kind = "IF", from = "hidden"',
    )
    saved(tmp_path / "net.safetensors", path)
    code, told = exported(capsys, path, tmp_path / "net.safetensors", tmp_path / "net.nir")
    assert code == 1
    assert "the edge hidden → rec would be read one time step late" in told


def test_weights_of_another_network_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = spec(tmp_path, "6", 'kind = "Linear", out_features = 8, name = "fc"', 'kind = "IF"')
    weights = tmp_path / "net.safetensors"
    for state, said in (
        ({"fc1.weight": torch.ones(8, 6)}, "has no fc.weight and 1 more: is it fc1.weight?"),
        ({"fc.weight": torch.ones(8, 5), "fc.bias": torch.ones(8)}, "fc.weight is [8, 5]"),
        (
            {"fc.weight": torch.full((8, 6), torch.nan), "fc.bias": torch.ones(8)},
            "fc.weight holds NaN or infinity",
        ),
    ):
        save_file(state, weights)
        code, told = exported(capsys, path, weights, tmp_path / "net.nir")
        assert (code, said in told) == (2, True), told
    weights.write_bytes(b"nothing")
    assert "is not a complete file of safetensors" in exported(capsys, path, weights, weights)[1]
    torch.save(
        {"net": {"fc.weight": torch.ones(8, 6), "fc.bias": torch.ones(8)}}, tmp_path / "w.pt"
    )
    assert exported(capsys, path, tmp_path / "w.pt", tmp_path / "net.nir")[0] == 0
