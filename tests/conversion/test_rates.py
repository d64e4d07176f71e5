"""With growing T the rates of the SNN become the ANN's values, clipped at the thresholds."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

import snnc
from tests.conversion.packages import DIGITS, Package
from tests.support.nets import pair

CONV = '{ kind = "Conv2d", out_channels = 6, kernel_size = 3, padding = 1'
NETS = {
    "plain": DIGITS.replace('{ kind = "MaxPool2d", kernel_size = 2 },', ""),
    "pooled": DIGITS.replace("MaxPool2d", "AvgPool2d"),
    "residual": f"""
[input]
shape = [1, 8, 8]
[network]
layers = [
  {CONV}, name = "stem" }}, "BatchNorm2d", {{ kind = "ReLU", name = "a" }},
  {CONV}, name = "inner" }}, "BatchNorm2d", "ReLU",
  {CONV} }}, {{ kind = "BatchNorm2d", name = "b" }},
  {{ kind = "Add", from = ["a", "b"] }}, {{ kind = "ReLU", name = "c" }},
  {{ kind = "Concat", from = ["a", "c"] }}, "BatchNorm2d", "ReLU6",
  "Flatten", {{ kind = "Linear", out_features = 10 }}, {{ kind = "ClippedReLU", max = 0.7 }},
]
""",
    "one tensor, two activations": f"""
[input]
shape = [1, 8, 8]
[network]
layers = [
  {CONV}, name = "stem" }},
  {{ kind = "ReLU", name = "a", from = "stem" }}, {{ kind = "ReLU6", name = "b", from = "stem" }},
  {{ kind = "Add", from = ["a", "b"] }},
  "Flatten", {{ kind = "Linear", out_features = 10 }}, "ReLU",
]
""",
}


FIRST = '"ReLU", "Flatten", { kind = "Linear", out_features = 10 }'


def small(layers: str) -> str:
    """A network of a few layers on images [1, 8, 8]."""
    return f"[input]\nshape = [1, 8, 8]\n[network]\nlayers = [{layers}]"


def heights(package: Package, ann: Any, x: Tensor, factor: float = 1.0) -> dict[str, Tensor]:
    """So much of the largest value of each activation."""
    folded = package.conversion.folded(ann, package.convert.FOLDS)
    names = [a.path for a in package.convert.ACTIVATIONS]
    target = package.conversion.Target("layer", 8, False)
    rule = package.conversion.Fraction(factor)
    found: dict[str, dict[str, Tensor]] = package.conversion.thresholds(
        folded, names, [rule], lambda: [x], target
    )
    return found[rule.text]


@pytest.mark.parametrize("net", NETS)
@pytest.mark.parametrize("half", [False, True])
def test_the_error_falls_as_one_over_t(tmp_path: Path, net: str, half: bool) -> None:
    package = Package(tmp_path, NETS[net])
    ann, x = package.ann().double(), torch.randn(4, 1, 8, 8, dtype=torch.float64)
    snn = package.snn(ann, heights(package, ann, x), half)
    want = ann(x)
    rates = [snn(x, time_steps=t).mean(0) for t in (16, 256, 4096)]
    errors = [float((rate - want).detach().abs().max()) for rate in rates]
    assert want.abs().max() > 0.1
    assert errors[1] < errors[0] / 4
    assert errors[2] < errors[1] / 4
    assert errors[2] < 0.02


def test_one_layer_is_exact_but_for_what_is_left_in_the_potential(tmp_path: Path) -> None:
    package = Package(tmp_path, small('"Flatten", { kind = "Linear", out_features = 10 }, "ReLU"'))
    ann, x = package.ann().double(), torch.randn(30, 1, 8, 8, dtype=torch.float64)
    given = {"relu1": torch.tensor([0.5])}
    snn = package.snn(ann, given)
    want = ann(x).clamp(max=0.5)
    for steps in (1, 7, 100):
        # r = a - (V_T - V_0)/T, where 0 <= V_T < theta unless the input is clipped
        low = want - 0.5 / steps
        rate = snn(x, time_steps=steps).mean(0)
        assert ((rate <= want + 1e-12) & (rate > low - 1e-12)).all()
    assert (want == 0.5).any()
    assert (want == 0).any()


def test_half_a_threshold_rounds_and_zero_floors(tmp_path: Path) -> None:
    package = Package(tmp_path, small(FIRST))
    ann, x = package.ann().double(), torch.rand(9, 1, 8, 8, dtype=torch.float64) * 1.4 - 0.2
    for half in (False, True):
        snn = package.snn(ann, {"relu1": torch.tensor([1.0])}, half)
        rates = package.conversion.correction.outputs(snn, ["relu1"], x, 8)["relu1"]
        want = (x * 8 + 0.5 * half).floor().clamp(0, 8) / 8
        assert torch.equal(rates, want)


def test_signed_neurons_take_spikes_back(tmp_path: Path) -> None:
    package = Package(tmp_path, small(FIRST), convert="signed = true")
    module = package.module("model")
    neuron = (
        module.SignedIF((1,))
        if hasattr(module, "SignedIF")
        else package.module("kernels").SignedIF((1,))
    )
    x = torch.tensor([1.5, 0.8, -1.6, -1.6, -1.6, 3.0]).view(6, 1, 1)
    # v before reset: 1.5 | 1.3 | -1.3 | -1.9 | -2.5 and nothing left to take back | 0.5
    assert neuron(x).flatten().tolist() == [1, 1, -1, -1, 0, 0]


def test_a_pool_before_the_activation_is_the_same_in_the_ann(tmp_path: Path) -> None:
    package = Package(tmp_path, DIGITS)
    names = [node.path for node in package_graph(package)]
    assert names.index("pool1") + 1 == names.index("relu1")
    assert package.convert.ACTIVATIONS[0].value == "pool1"
    kept = [node.path for node in package_graph(Package(tmp_path, DIGITS, convert='pool = "keep"'))]
    assert kept.index("relu1") + 1 == kept.index("pool1")


def package_graph(package: Package) -> Any:
    return snnc.link(package.document).nodes


def test_a_moved_pool_of_a_static_input_is_exact(tmp_path: Path) -> None:
    text = """
[input]
shape = [1, 8, 8]
[network]
layers = [
  { kind = "Conv2d", out_channels = 3, kernel_size = 3 }, "BatchNorm2d", "ReLU",
  { kind = "MaxPool2d", kernel_size = 2 }, { kind = "MaxPool2d", kernel_size = 3 },
  "Flatten", { kind = "Linear", out_features = 10 },
]
"""
    package = Package(tmp_path, text)
    ann, x = package.ann().double(), torch.randn(4, 1, 8, 8, dtype=torch.float64)
    snn = package.snn(ann, heights(package, ann, x))
    assert (snn(x, time_steps=4096).mean(0) - ann(x)).abs().max() < 0.01


def test_qcfs_with_as_many_steps_as_levels_is_the_ann(tmp_path: Path) -> None:
    text = """
[input]
shape = [1, 8, 8]
[network]
layers = [
  { kind = "Conv2d", out_channels = 4, kernel_size = 3 }, "BatchNorm2d",
  { kind = "QCFS", levels = 4, init = 2.0 },
  "Flatten", { kind = "Linear", out_features = 10 },
]
"""
    package = Package(tmp_path, text, steps=4, convert='initial = "half"')
    ann, x = package.ann().double(), torch.randn(20, 1, 8, 8, dtype=torch.float64)
    learned = package.conversion.trained(ann, package.convert.ACTIVATIONS)
    assert learned["qcfs1"].item() == 2.0
    snn = package.snn(ann, learned, half=True)
    assert (snn(x).mean(0) - ann(x)).abs().max() < 1e-9


def test_what_is_read_late_is_the_mean_of_the_later_steps(tmp_path: Path) -> None:
    package = Package(tmp_path, DIGITS, steps=6, convert="readout_delay = 2")
    x = torch.randn(4, 1, 8, 8)
    over_time = package.snn(package.ann(), {"relu1": torch.ones(1), "relu2": torch.ones(1)})
    answers = over_time(x)
    model = next(c for n, c in vars(package.module("model")).items() if n.startswith("Converted"))()
    model.load_state_dict(over_time.state_dict())
    model.eval()
    assert torch.allclose(model(x), answers[2:].mean(0), atol=1e-6)
    state: dict[str, Tensor] = {}
    steps = [model(x, time_steps=1, state=state) for _ in range(6)]
    assert all(bool(step.isnan().all()) for step in steps[:2])
    assert torch.allclose(torch.stack(steps[2:]).mean(0), answers[2:].mean(0), atol=1e-6)


def test_the_last_activation_is_left_out_on_demand(tmp_path: Path) -> None:
    text = DIGITS.replace("out_features = 10 },", 'out_features = 10 }, "ReLU", "Softmax",')
    whole, bare = Package(tmp_path, text), Package(tmp_path, text, convert='final = "logits"')
    assert [a.path for a in whole.convert.ACTIVATIONS] == ["relu1", "relu2", "relu3"]
    assert [a.path for a in bare.convert.ACTIVATIONS] == ["relu1", "relu2"]
    assert not any("softmax" in node.path for node in package_graph(whole))


@pytest.mark.parametrize("half", [False, True])
def test_the_rate_of_a_neuron_is_a_staircase_up_to_the_threshold(
    tmp_path: Path, half: bool
) -> None:
    package = Package(tmp_path, small(FIRST))
    x = torch.tensor([-0.2, 0.0, 0.1, 0.25, 0.5, 0.95, 1.0, 1.2])
    got = package.conversion.staircase.rates(package.module("kernels").ScaledIF((1,)), x, half)
    assert torch.equal(got, (x * 128 + 0.5 * half).floor().clamp(0, 128) / 128)


@pytest.mark.parametrize(
    "convert",
    ["", "signed = true", 'calibrate = "potential"', "readout_delay = 2", 'pool = "sum"'],
)
def test_the_snn_is_what_the_reference_says(tmp_path: Path, convert: str) -> None:
    package = Package(tmp_path, NETS["residual"], steps=5, convert=convert)
    both = pair(package.document)
    for neuron in both.reference.modules():
        for name, buffer in neuron.named_buffers(recurse=False):
            if name in ("v_threshold", "v_start"):
                buffer.uniform_(0.3, 0.9)
    both.module.load_state_dict(both.reference.state_dict())
    got, values = both.call()
    assert torch.allclose(got, values["output"], atol=1e-12)
    spikes = torch.stack(values["a"])
    assert 0.05 < float(spikes.count_nonzero()) / spikes.numel() < 0.95
