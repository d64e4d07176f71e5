"""Specs as ONNX, run by onnxruntime beside the compiled networks, in all three forms."""

from pathlib import Path
from typing import Any

import onnx
import onnxruntime
import pytest
import torch

from tests.exchange.test_export_nir import ZOO, saved, spec
from tests.support.cli import Ran
from tests.support.cli import snnc as run

FORMS = ("scan", "unroll", "step")


def exported(
    capsys: pytest.CaptureFixture[str], path: Path, weights: Path, file: Path, *options: str
) -> Ran:
    ran = run(
        capsys, "export", "onnx", str(path), "--weights", str(weights), "-o", str(file), *options
    )
    assert "Traceback" not in ran.err
    assert ran.out == ""
    return ran


def nodes(graph: Any) -> int:
    """The nodes of a graph and of the loops in it."""
    inner = (a.g for node in graph.node for a in node.attribute if a.name == "body")
    return len(graph.node) + sum(map(nodes, inner))


def loops(model: Any) -> int:
    return sum(node.op_type == "Scan" for node in model.graph.node)


@pytest.mark.parametrize(
    "name",
    [
        *("digits_conv", "conv_fmnist", "seq_fmnist_plain", "seq_fmnist_feedback"),
        *("seq_fmnist_synapse", "seq_fmnist_delays", "own_neurons", "ann2snn_mnist"),
    ],
)
def test_the_zoo_is_the_same_in_onnxruntime(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, weights = ZOO / f"{name}.snn.toml", tmp_path / "net.safetensors"
    saved(weights, path)
    for form in FORMS:
        file = tmp_path / f"{form}.onnx"
        ran = exported(capsys, path, weights, file, "--time", form, "--check")
        assert ran.code == 0, ran.err
        for batch in (1, 3, 5):
            assert f"onnxruntime, batch {batch}: difference " in ran.err
        model = onnx.load(file)
        onnx.checker.check_model(model, full_check=True)
        domains = {node.domain for node in model.graph.node}
        assert domains == {""}, "plain operators"
        assert loops(model) == 0 or form == "scan"


def test_a_cycle_is_one_loop_whose_size_does_not_depend_on_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, weights = ZOO / "shd_alif.snn.toml", tmp_path / "net.safetensors"
    saved(weights, path)
    sizes = []
    for steps in (3, 30):
        file = tmp_path / f"{steps}.onnx"
        ran = exported(capsys, path, weights, file, "--set", f"time_steps={steps}", "--check")
        assert ran.code == 0, ran.err
        model = onnx.load(file)
        sizes.append(nodes(model.graph))
        assert loops(model) == 2, "one of the cycle, one of the readout's neuron"
    assert sizes[0] == sizes[1]


def test_a_loop_takes_sequences_of_any_length_and_batch(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = spec(
        tmp_path,
        "6",
        'kind = "Linear", out_features = 8, name = "fc"',
        'kind = "LIF", tau = 3.0, name = "hidden", v_threshold = 0.4, feedback = "add"',
        'kind = "Linear", out_features = 4',
        'kind = "LIF", v_threshold = 0.3',
    )
    net = saved(tmp_path / "w.safetensors", path).float()
    file = tmp_path / "net.onnx"
    assert exported(capsys, path, tmp_path / "w.safetensors", file).code == 0
    session = onnxruntime.InferenceSession(file)
    for steps, batch in ((1, 1), (7, 2), (31, 64)):
        x = (torch.rand(steps, batch, 6) < 0.5).float()
        (got,) = session.run(None, {"input": x.numpy()})
        with torch.no_grad():
            assert (net(x).numpy() == got).all()


LAYERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "images": (
        "3, 9, 9",
        (
            'kind = "WSConv2d", out_channels = 4, kernel_size = 3, padding = "same", gain = true',
            'kind = "GroupNorm", num_groups = 2',
            'kind = "SiLU"',
            'kind = "Conv2d", out_channels = 4, kernel_size = 2, padding = "same", dilation = 3',
            'kind = "TDBatchNorm2d"',
            'kind = "LIF", v_threshold = 0.3',
            (
                'kind = "Conv2d", out_channels = 4, kernel_size = 3, padding = 2, groups = 2, '
                'padding_mode = "circular"'
            ),
            (
                'kind = "ConvTranspose2d", out_channels = 3, kernel_size = 3, stride = 2, '
                "padding = 1, output_padding = 1"
            ),
            'kind = "LeakyReLU"',
            'kind = "MaxPool2d", kernel_size = 3, stride = 2, padding = 1, ceil_mode = true',
            'kind = "Upsample", scale_factor = 2, mode = "bilinear"',
            'kind = "AvgPool2d", kernel_size = 3, padding = 1, divisor_override = 4',
            'kind = "AdaptiveAvgPool2d", output_size = [3, 4]',
            'kind = "Permute", dims = [1, 2, 0]',
            'kind = "LayerNorm", normalized_shape = 3',
            'kind = "GELU"',
            'kind = "Flatten"',
            'kind = "Linear", out_features = 6',
            'kind = "PLIF", tau = { value = 3.0, per = "neuron" }, v_threshold = 0.2',
        ),
    ),
    "sequences": (
        "4, 12",
        (
            (
                'kind = "Conv1d", out_channels = 6, kernel_size = 3, padding = 1, '
                'padding_mode = "reflect"'
            ),
            'kind = "BatchNorm1d"',
            'kind = "ALIF", v_threshold = 0.4, name = "a"',
            'kind = "Attention", from = ["a", "a", "a"], heads = 2',
            'kind = "Mul", from = ["a", "attention1"]',
            'kind = "AdaptiveAvgPool1d", output_size = 5',
            'kind = "ClippedReLU", max = 0.5',
            (
                'kind = "Delay", delay = { value = 1.5, per = "channel", learnable = true }, '
                "max_delay = 3"
            ),
            'kind = "CUBALIF", v_threshold = 0.2',
            'kind = "Flatten"',
            'kind = "Unflatten", unflattened_size = [5, 6]',
            'kind = "Flatten"',
            'kind = "Voting", voters = 5',
            'kind = "Softmax"',
        ),
    ),
    "what imports bring": (
        "4, 8, 8",
        (
            'kind = "Pad", padding = [0, 1, 2, 0], value = 0.25',
            'kind = "Pad", mode = "replicate"',
            'kind = "Slice", dim = 1, start = 1, stop = -1, step = 2',
            'kind = "Conv2d", out_channels = 4, kernel_size = 3',
            'kind = "PReLU", per = "channel"',
            'kind = "Hardswish"',
            'kind = "ELU", alpha = 0.5',
            'kind = "Softplus", beta = 2.0',
            'kind = "Permute", dims = [0, 2, 1], name = "turned"',
            'kind = "MatMul", from = ["turned", "softplus1"]',
            'kind = "Hardsigmoid"',
            'kind = "Normalize", dim = 1',
            'kind = "Unfold", kernel_size = [1, 2], stride = 2, padding = [1, 0]',
            'kind = "Flatten"',
            'kind = "Linear", out_features = 6',
            'kind = "LIF", v_threshold = 0.2, fires = "above"',
            'kind = "Linear", out_features = 3',
            'kind = "LogSoftmax"',
        ),
    ),
    "neurons": (
        "6",
        (
            'kind = "Linear", out_features = 6',
            'kind = "Izhikevich", name = "i"',
            'kind = "KLIF", from = "fc1", v_threshold = 0.3, name = "k"',
            'kind = "CLIF", from = "fc1", v_threshold = 0.3, name = "c"',
            'kind = "ILIF", from = "fc1", v_threshold = 0.3, name = "l"',
            'kind = "TernaryLIF", from = "fc1", v_threshold = 0.3, name = "tern"',
            'kind = "EIF", from = "fc1", v_threshold = 0.3, name = "e"',
            'kind = "QIF", from = "fc1", v_threshold = 0.3, name = "q"',
            'kind = "SynapseFilter", from = "tern", name = "s"',
            'kind = "ResonateAndFire", from = "fc1", name = "r"',
            'kind = "Concat", from = ["i", "k", "c", "l", "tern", "e", "q", "s", "r", "k@-3"]',
            'kind = "LI", tau = 4.0',
        ),
    ),
}


@pytest.mark.parametrize("name", LAYERS)
def test_layers_are_the_same_in_onnxruntime(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shape, layers = LAYERS[name]
    path = spec(tmp_path, shape, *layers)
    saved(tmp_path / "w.safetensors", path)
    for form in FORMS:
        file = tmp_path / f"{form}.onnx"
        ran = exported(capsys, path, tmp_path / "w.safetensors", file, "--time", form, "--check")
        assert ran.code == 0, ran.err
        assert "proves little" not in ran.err


def test_random_encoders_are_refused_with_help(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, weights = ZOO / "lif_fc_mnist.snn.toml", tmp_path / "w.safetensors"
    saved(weights, path)
    ran = exported(capsys, path, weights, tmp_path / "net.onnx")
    assert ran.code == 1
    assert "lif_fc_mnist.snn.toml:9: input: the encoder poisson has no ONNX form: " in ran.err
    assert "--encoder none exports the network behind it, which reads [T, B, ...]" in ran.err
    assert not (tmp_path / "net.onnx").exists()
    ran = exported(capsys, path, weights, tmp_path / "net.onnx", "--encoder", "none", "--check")
    assert ran.code == 0, ran.err


def test_a_difference_is_told_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from snnc.exchange.onnx_export import layers

    path = spec(tmp_path, "6", 'kind = "Linear", out_features = 8', 'kind = "ReLU"')
    saved(tmp_path / "w.safetensors", path)
    monkeypatch.setitem(layers._KINDS, "ReLU", layers._KINDS["Tanh"])
    ran = exported(capsys, path, tmp_path / "w.safetensors", tmp_path / "net.onnx", "--check")
    assert ran.code == 1
    assert "nothing is written: the model differs from the network" in ran.err
    assert not (tmp_path / "net.onnx").exists()


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        ('kind = "TEBN1d"', "TEBN1d has a part for each time step: it has no ONNX form"),
        ('kind = "Upsample", scale_factor = 2, mode = "nearest-exact"', "no ONNX form yet"),
    ],
)
def test_a_layer_without_a_form_is_told_by_its_line(
    layer: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = spec(tmp_path, "6, 8", layer)
    saved(tmp_path / "w.safetensors", path)
    ran = exported(capsys, path, tmp_path / "w.safetensors", tmp_path / "net.onnx")
    assert ran.code == 1
    assert ran.err.startswith(f"{path}:11: ")
    assert said in ran.err


def test_the_words_of_the_options(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = spec(tmp_path, "6", 'kind = "IF"')
    saved(tmp_path / "w.safetensors", path)
    ran = exported(capsys, path, tmp_path / "w.safetensors", tmp_path / "n", "--time", "all")
    assert ran.code == 2
    assert "--time must be one of scan, unroll, step, not all" in ran.err
