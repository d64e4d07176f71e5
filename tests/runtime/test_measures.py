"""A firing rate and the best epoch have one definition each, wherever they are told."""

import importlib
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import snnc
from snnc.neurons.ilif import ILIF
from snnc.neurons.ternary_if import TernaryIF
from snnc.source.diagnostic import Findings
from snnc.step.parse import parse
from snnc.step.spikes import spike_value
from templates.snn_runtime.measures import best_epoch, better, judge, rate, signed_spikes, spikes
from tests.conversion.packages import DIGITS, Package
from tests.support.nets import document
from tests.training.packages import build


class Weighed(nn.Module):
    spike_value = "v_threshold"
    v_threshold: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("v_threshold", torch.tensor([[0.3], [7.0]]))


def test_a_negative_spike_counts_as_one() -> None:
    output = torch.tensor([[1.0, -1.0, 0.0], [1.0, 1.0, 0.0]])
    assert signed_spikes(nn.Identity(), output) is output
    assert rate(nn.Identity(), output).tolist() == [1.0, 1.0, 0.0]


def test_several_spikes_in_a_step_count_as_several() -> None:
    assert rate(nn.Identity(), torch.tensor([[3.0], [0.0]])).tolist() == [1.5]


def test_a_spike_counts_once_whatever_it_adds_to_the_output() -> None:
    neuron = Weighed()
    fired = torch.tensor([[1.0, 0.0], [-1.0, 1.0]])
    output = fired.expand(4, 2, 2) * neuron.v_threshold
    assert torch.equal(signed_spikes(neuron, output), fired.expand(4, 2, 2))
    assert torch.equal(spikes(neuron, output), fired.abs().expand(4, 2, 2))


def test_a_penalty_can_wake_up_silent_neurons() -> None:
    output = torch.tensor([[0.0, 1.0, -1.0]], requires_grad=True)
    (grad,) = torch.autograd.grad(rate(nn.Identity(), output).sum(), output)
    assert grad.tolist() == [[1.0, 1.0, -1.0]]


@pytest.mark.parametrize(
    ("step", "value"),
    [
        ("v = v + x\ny = spike(v - 1)", 1.0),
        ("v = v + x\ns = spike(v - 1) - spike(-v - 1)\ny = s", 1.0),
        ("v = v + x\ny = 2.5 * spike(v - 1)", 2.5),
        ("v = v + x\ns = spike(v - 1)\ny = s * height", "height"),
        ("v = v + x\ny = known * spike(v - 1)", 0.25),
        ("v = v + x\ny = where(x > 0, spike(v - 1), 0)", 1.0),
        ("v = v + x\ny = round(clip(v, 0, 4))", 1.0),
        ("y = v + x\nv = y - spike(y - 1)", None),
        ("v = v + x\ny = 0.3 * spike(v - 1) + 0.4 * spike(v - 2)", None),
        ("v = v + x\ny = v * spike(v - 1)", None),
    ],
)
def test_what_a_spike_adds_is_read_off_the_equations(step: str, value: object) -> None:
    assert spike_value(parse(step), "y", {"height": None, "known": 0.25}) == value


def test_of_built_in_neurons_every_spike_adds_one() -> None:
    assert TernaryIF().spike_value == ILIF().spike_value == 1.0


LAYERS = """\
  "Flatten",
  { kind = "Linear", out_features = 32 },
  { kind = "TernaryIF", name = "hidden" },
  { kind = "Linear", out_features = 32 },
  { kind = "ILIF", name = "whole" },
  { kind = "Linear", out_features = 16 },
  { kind = "Double", name = "twice" },
  { kind = "LI", name = "leaky" },
  { kind = "Linear", out_features = 10 },
  { kind = "IF", name = "last" },"""
DOUBLE = """
[neurons.Double]
parameters = { height = 0.125 }
state = { v = 0.0 }
step = \"\"\"
h = v + x
y = 0.5 * spike(h - height)
v = h - y
\"\"\"
output = "y"
"""
NAMES = ("hidden", "whole", "twice", "last")
PENALTIES = ", ".join(
    f'{{ kind = "firing_rate", of = "{name}", target = 0.0, weight = 1.0 }}' for name in NAMES
)


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("rates")
    train = f'loss = "mse"\noptimizer = "SGD"\npenalties = [{PENALTIES}]\n'
    return build(folder, "rates_agree", train, DOUBLE, LAYERS)


def test_table_penalty_and_picture_tell_the_same_rate(script: Any) -> None:
    torch.manual_seed(0)
    net = script.make_network(script.SPEC)
    for layer in net.modules():
        if isinstance(layer, nn.Linear):
            nn.init.normal_(layer.weight, std=0.5)
    x = torch.rand(1, 1, 8, 8)
    recorder = script.training.Recorder(net, NAMES)
    net(x)
    recorded = {name: found.detach() for name, found in recorder.rates().items()}
    values = net.values(x)
    drawn = script.visualize.pictures.record(net, x[0], script.visualize.LAYERS, timed=False)
    pictured = {one.layer.name: one for one in drawn}
    assert NAMES == net.NEURONS == tuple(n for n, one in pictured.items() if one.layer.fires)
    for name in NAMES:
        table = script.training.mean_rate(net.get_submodule(name), values[name])
        assert table == pytest.approx(float(recorded[name].mean()))
        assert table == pytest.approx(float(pictured[name].rates.mean()))
        assert table > 0
    assert (values["hidden"] < 0).any()
    assert float(values["hidden"].mean()) != pytest.approx(float(recorded["hidden"].mean()))
    assert set(pictured["twice"].spikes.ravel()) == {0.0, 1.0}
    assert float(recorded["twice"].mean()) == pytest.approx(2 * float(values["twice"].mean()))


def test_a_penalty_needs_spikes(tmp_path: Path) -> None:
    text = """
[input]
shape = [1, 8, 8]

[network]
layers = ["Flatten", { kind = "Linear", out_features = 10 }, "IF", "LI"]

[train]
dataset = "Digits"
loss = "mse"
epochs = 1
batch_size = 8
optimizer = "SGD"
penalties = [{ kind = "firing_rate", of = "li1", target = 0.1, weight = 1.0 }]
"""
    with pytest.raises(Findings) as caught:
        snnc.link(document(tmp_path, text.lstrip()))
    (found,) = [one for one in caught.value.diagnostics if one.code == "SNN309"]
    assert found.message == "`li1` does not fire: it has no firing rate"
    assert found.help == "expected `if1`"


@pytest.mark.parametrize("signed", ["", "signed = true\n"])
def test_spikes_of_a_converted_network_are_counted(tmp_path: Path, signed: str) -> None:
    package = Package(tmp_path, DIGITS, steps=8, convert=f'pool = "sum"\n{signed}')
    ann = package.ann()
    activations = package.convert.ACTIVATIONS
    snn = package.snn(ann, {a.path: torch.tensor([2.5 + i]) for i, a in enumerate(activations)})
    layers = package.module("visualize").LAYERS
    names = [a.path for a in activations]
    assert list(snn.NEURONS) == [layer.name for layer in layers] == names
    x = 20 * torch.rand(1, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    pictures = importlib.import_module("snn_runtime.pictures")
    done = pictures.record(snn, x[0], layers, timed=False)
    for one in done:
        assert set(one.spikes.ravel()) <= {-1.0, 0.0, 1.0}
        assert 0 < one.rates.mean() <= 1
        assert one.output.max() > 2
    folded = package.conversion.folded(ann, package.convert.FOLDS)
    told = package.conversion.activity(folded, snn, activations, package.convert.ROWS, x, 8)
    assert [layer.rate for layer in told.layers] == pytest.approx(
        [one.rates.mean() for one in done]
    )
    figure = pictures.rates_of_layers(done)
    means = [label.get_text() for label in figure.axes[0].child_axes[0].get_yticklabels()]
    assert all(0 < float(mean) <= 1 for mean in means)


# --- the best epoch ------------------------------------------------------------------------------


def test_the_best_epoch_is_the_last_of_the_best() -> None:
    curve = {3: 0.9, 1: 0.5, 2: 0.9, 4: 0.7}
    assert best_epoch(curve, 1) == 3
    assert best_epoch(curve, -1) == 1
    with pytest.raises(ValueError, match="no epoch"):
        best_epoch({}, 1)


def test_samples_that_are_held_out_decide() -> None:
    assert judge({"train": 0, "validation": 1, "test": 2}) == "validation"
    assert judge(["train", "test"]) == "test"


def test_what_is_equal_is_better_and_nan_is_not() -> None:
    assert better(0.5, None, -1)
    assert better(0.5, 0.5, -1)
    assert not better(0.6, 0.5, -1)
    assert not better(float("nan"), 0.5, 1)
