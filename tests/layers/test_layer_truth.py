"""Layers in a network equal the reference: values, gradients, statistics, under both schedules."""

import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

import snnc
from snnc import network
from tests.support.nets import document, pair, same

SPEC = """
[input]
shape = {shape}
encoder = "{encoder}"
[defaults]
neuron = {{ v_threshold = 0.4 }}
[network]
layers = [{layers}]
[output]
readout = "{readout}"
"""
IMAGE, LINE, FEATURES, VOLUME = "[4, 6, 5]", "[4, 6]", "[6]", "[2, 3, 4, 4]"
CASES: dict[str, tuple[str, str]] = {
    "conv same": (IMAGE, """
  { kind = "Conv2d", out_channels = 4, kernel_size = 3, padding = "same", groups = 2, dilation = 2,
    padding_mode = "circular" }, "IF" """),
    "conv valid": (IMAGE, """
  { kind = "Conv2d", out_channels = 4, kernel_size = [3, 2], padding = "valid" }, "IF" """),
    "conv 3d": (VOLUME, """
  { kind = "Conv3d", out_channels = 3, kernel_size = 2, bias = false }, "BatchNorm3d", "IF",
  { kind = "AvgPool3d", kernel_size = [1, 3, 3] }, "BatchNorm3d", "LIF" """),
    "pools 3d": (VOLUME, """
  "IF", { kind = "MaxPool3d", kernel_size = 2, padding = 1 },
  { kind = "AdaptiveAvgPool3d", output_size = 2 },
  { kind = "AdaptiveMaxPool3d", output_size = [1, 2, 1] } """),
    "transposed": (IMAGE, """
  { kind = "ConvTranspose2d", out_channels = 3, kernel_size = 3, stride = 2, output_padding = 1,
    padding = 1 }, "IF",
  { kind = "ConvTranspose2d", out_channels = 2, kernel_size = 2, bias = false }, "LIF" """),
    "weight standardised": (IMAGE, """
  { kind = "WSConv2d", out_channels = 4, kernel_size = 3, gain = true }, "IF",
  { kind = "WSConv2d", out_channels = 4, kernel_size = 2, bias = false, padding = "same",
    padding_mode = "reflect", eps = 0.01 }, "IF" """),
    "norms": (IMAGE, """
  { kind = "GroupNorm", num_groups = 2 }, "IF", "LayerNorm", "LIF",
  { kind = "LayerNorm", normalized_shape = 5, bias = false }, "IF",
  { kind = "GroupNorm", num_groups = 4, affine = false } """),
    "pools 1d": (LINE, """
  "IF", { kind = "AvgPool1d", kernel_size = 2, stride = 1 },
  { kind = "MaxPool1d", kernel_size = 2 }, { kind = "AdaptiveMaxPool1d", output_size = 2 },
  { kind = "AdaptiveAvgPool1d", output_size = 1 } """),
    "activations": (FEATURES, """
  { kind = "Linear", out_features = 5 }, "LIF", "GELU", "SiLU", "Sigmoid", "Tanh",
  { kind = "LeakyReLU", negative_slope = 0.2 }, { kind = "GELU", approximate = "tanh" },
  "Softmax" """),
    "activations of other libraries": (FEATURES, """
  { kind = "Linear", out_features = 5 }, "LIF", "Hardswish", "Hardsigmoid",
  { kind = "Linear", out_features = 5 }, { kind = "ELU", alpha = 0.5 }, "PReLU",
  { kind = "PReLU", per = "channel", init = 0.5 }, { kind = "Softplus", beta = 2.0 },
  "LogSoftmax" """),
    "parts and borders": (IMAGE, """
  "IF", { kind = "Slice", start = 1 }, { kind = "Slice", dim = -1, stop = -1, step = 2 },
  { kind = "Slice", dim = 1, start = -4 }, { kind = "Pad", padding = [1, 0, 2, 1], value = 0.5 },
  { kind = "Pad", mode = "reflect" }, { kind = "Pad", mode = "circular", padding = [0, 1, 1, 1] },
  { kind = "Pad", mode = "replicate" }, "LIF" """),
    "columns": (IMAGE, """
  "IF", { kind = "Normalize", dim = -1 }, { kind = "Normalize", eps = 0.25 },
  { kind = "Unfold", kernel_size = [2, 1], stride = [1, 2], padding = [1, 0] },
  { kind = "Conv1d", out_channels = 4, kernel_size = 1 },
  { kind = "BatchNorm1d", momentum = "cumulative" }, "IF",
  { kind = "BatchNorm1d", momentum = "cumulative", stats = "step" }, "LIF" """),
    "matrices": (LINE, """
  { kind = "Conv1d", name = "q", out_channels = 4, kernel_size = 1 }, "IF",
  { kind = "Permute", name = "turned", dims = [1, 0] },
  { kind = "MatMul", name = "alike", from = ["turned", "if1"] }, { kind = "Softmax", dim = 1 },
  { kind = "Conv1d", out_channels = 4, kernel_size = 1, from = "alike" }, "LIF" """),
    "upsample": (IMAGE, """
  "IF", { kind = "Upsample", scale_factor = 2.0 },
  { kind = "Upsample", size = [5, 9], mode = "bilinear", align_corners = true },
  { kind = "Upsample", scale_factor = [0.5, 1.5], mode = "bicubic" } """),
    "axes": (IMAGE, """
  { kind = "Permute", dims = [1, -1, 0] }, "IF",
  { kind = "Unflatten", dim = -1, unflattened_size = [2, -1] },
  { kind = "Flatten", start_dim = 1, end_dim = 2 }, { kind = "Softmax", dim = -1 } """),
    "gate": (FEATURES, """
  { kind = "Linear", name = "a", out_features = 5 }, "Sigmoid",
  { kind = "Linear", name = "b", out_features = 5, from = "input" }, "IF",
  { kind = "Mul", from = ["if1", "sigmoid1", "b"] }, { kind = "Linear", out_features = 3 },
  "LIF" """),
    "voting": (FEATURES, """
  { kind = "Linear", out_features = 12 }, "IF", { kind = "Voting", voters = 3 } """),
    "attention": (LINE, """
  { kind = "Conv1d", name = "q", out_channels = 8, kernel_size = 1, from = "input" }, "IF",
  { kind = "Conv1d", name = "k", out_channels = 8, kernel_size = 1, from = "input" }, "IF",
  { kind = "Conv1d", name = "v", out_channels = 4, kernel_size = 1, from = "input" }, "IF",
  { kind = "Attention", from = ["if1", "if2", "if3"], heads = 2, softmax = false, scale = 0.25 },
  { kind = "Conv1d", name = "p", out_channels = 4, kernel_size = 1 }, "LIF",
  { kind = "Attention", from = ["q", "k", "lif1"], heads = 4 },
  { kind = "Conv1d", name = "r", out_channels = 4, kernel_size = 1 }, "IF",
  { kind = "Attention", from = ["if4", "if4", "if4"], softmax = false } """),
    "threshold dependent": (IMAGE, """
  { kind = "Conv2d", out_channels = 4, kernel_size = 3, padding = 1 },
  { kind = "TDBatchNorm2d", alpha = 0.7, v_threshold = 1.5 }, "IF", "TDBatchNorm2d", "LIF",
  "Flatten", { kind = "Linear", out_features = 5 }, "TDBatchNorm1d", "IF" """),
    "temporal effective": (IMAGE, """
  { kind = "Conv2d", out_channels = 4, kernel_size = 3, padding = 1 }, "TEBN2d", "IF",
  { kind = "TEBN2d", momentum = 0.3, affine = false }, "IF",
  { kind = "Flatten", start_dim = 1 }, "TEBN1d", "LIF" """),
    "through time": (IMAGE, """
  { kind = "Conv2d", out_channels = 4, kernel_size = 3, padding = 1 }, "BNTT2d", "IF",
  { kind = "BNTT2d", bias = true, eps = 1e-4 }, "IF",
  { kind = "Flatten", start_dim = 1 }, "BNTT1d", "LIF" """),
    "channel masks": (IMAGE, """
  { kind = "Dropout2d", p = 0.3 }, { kind = "Conv2d", out_channels = 4, kernel_size = 1 }, "IF",
  { kind = "Dropout2d", mask = "step" }, { kind = "Flatten", start_dim = 1 },
  { kind = "Dropout1d", p = 0.4 }, { kind = "Conv1d", out_channels = 4, kernel_size = 1 }, "LIF",
  { kind = "Dropout1d", mask = "step" } """),
    "delays": (LINE, """
  { kind = "Conv1d", out_channels = 4, kernel_size = 1 }, { kind = "Delay", delay = 0 }, "IF",
  { kind = "Delay", delay = 1 }, { kind = "Delay", delay = 1.75 }, { kind = "Delay", delay = 9 }
  """),
    "delays of channels": (LINE, """
  "IF", { kind = "Delay", delay = { uniform = [0.0, 3.0], per = "channel" } },
  { kind = "Delay", delay = { uniform = [0.5, 2.5], per = "neuron", learnable = true,
    range = [0.0, 3.0] } }, { kind = "Conv1d", out_channels = 4, kernel_size = 1 }, "LIF",
  { kind = "Delay", delay = { value = 1.5, learnable = true, range = [0.0, inf] }, max_delay = 4 }
  """),
    "delays learned freely": (LINE, """
  "IF", { kind = "Delay", delay = { value = 2.0, learnable = true }, max_delay = 2 },
  { kind = "Conv1d", out_channels = 4, kernel_size = 1 }, "IF",
  { kind = "Delay", delay = { value = 1.0, per = "channel", learnable = true }, max_delay = 3 },
  { kind = "Delay", delay = { uniform = [0.0, 2.0], per = "neuron", learnable = true },
    max_delay = 2 } """),
}  # fmt: skip
SIZES = [("direct", 4, 3), ("none", 4, 3), ("direct", 1, 2), ("none", 4, 1)]


def spec(name: str, encoder: str = "direct", readout: str = "mean") -> str:
    shape, layers = CASES[name]
    layers = " ".join(layers.split())  # an inline table is one line
    return SPEC.format(shape=shape, layers=layers, encoder=encoder, readout=readout)


@pytest.mark.parametrize("schedule", ["fold", "step"])
@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(("encoder", "steps", "batch"), SIZES)
def test_a_network_of_it_is_the_reference(
    tmp_path: Path, name: str, encoder: str, schedule: str, steps: int, batch: int
) -> None:
    text = spec(name, encoder, "sum" if encoder == "none" else "mean")
    doc = document(tmp_path, text, steps, f"build.schedule={schedule}")
    both = pair(doc, batch)
    for training in (True, False):
        both.module.train(training)
        both.reference.train(training)
        same(both)


BLOCKS = """
[input]
shape = [2, 5]
encoder = "none"
[blocks.Part]
required = ["channels"]
layers = [
  {{ kind = "Conv1d", name = "conv", out_channels = "$channels", kernel_size = 1,
     weight_init = "xavier_normal", bias_init = {{ kind = "constant", val = 0.25 }} }},
  {{ kind = "{norm}", name = "bn" }}, "IF", {{ kind = "Dropout1d", mask = "step" }},
  {{ kind = "Delay", delay = {{ value = 1.5, per = "channel", learnable = true }}, max_delay = 3 }},
]
[network]
layers = [{{ kind = "Part", name = "parts", channels = 3, repeat = 2 }},
  {{ kind = "Part", name = "last", channels = 4 }}, {{ kind = "LayerNorm" }}]
"""


@pytest.mark.parametrize("schedule", ["fold", "step"])
@pytest.mark.parametrize("norm", ["TEBN1d", "BNTT1d", "TDBatchNorm1d"])
def test_blocks_of_it_are_the_reference(tmp_path: Path, norm: str, schedule: str) -> None:
    text = BLOCKS.format(norm=norm).replace(",\n     weight", ", weight")
    doc = document(tmp_path, text, 4, f"build.schedule={schedule}")
    net: Any = network(doc)()
    assert set(net.parts[1].conv.bias.tolist()) == {0.25}
    both = pair(doc)
    for training in (True, False):
        both.module.train(training)
        both.reference.train(training)
        same(both)


def made(folder: Path, layers: str, shape: str, steps: int = 4) -> nn.Module:
    """A network of sequences that answers with the whole sequence of its last layer."""
    text = SPEC.format(shape=shape, layers=layers, encoder="none", readout="sequence")
    return network(document(folder, text, steps))().double()


@pytest.mark.parametrize("kind", ["TEBN1d", "BNTT1d"])
@pytest.mark.parametrize("schedule", ["fold", "step"])
def test_another_number_of_steps_is_refused(tmp_path: Path, kind: str, schedule: str) -> None:
    text = SPEC.format(shape="[3]", layers=f'"{kind}", "IF"', encoder="none", readout="sum")
    doc = document(tmp_path, text, 4, f"build.schedule={schedule}")
    net = network(doc)()
    assert net(torch.rand(4, 2, 3)).shape == (2, 3)
    for steps in (3, 5):
        with pytest.raises(ValueError, match=f"bn1 was made for 4 steps, not for {steps}"):
            net(torch.rand(steps, 2, 3))
    with pytest.raises(TypeError, match="time_steps"):
        network(doc)(time_steps=8)


STREAMS = {
    "TEBN": '{ kind = "Linear", out_features = 4 }, "TEBN1d", "IF", "TEBN1d"',
    "BNTT": '{ kind = "Linear", out_features = 4 }, "BNTT1d", "IF", "BNTT1d"',
    "delay": '{ kind = "Delay", delay = 1.5 }, "IF", { kind = "Delay", delay = 4 }',
    "no delay": '{ kind = "Delay", delay = 0 }, "IF"',
    "delays": '{ kind = "Delay", delay = { uniform = [0.0, 4.5], per = "channel" } }, "IF"',
    "attention": '{ kind = "Unflatten", unflattened_size = [2, 2] },'
    ' { kind = "Attention", from = ["unflatten1", "unflatten1", "unflatten1"] }, "IF"',
}


@pytest.mark.parametrize("schedule", ["fold", "step"])
@pytest.mark.parametrize("name", STREAMS)
def test_steps_in_parts_are_the_whole(tmp_path: Path, name: str, schedule: str) -> None:
    text = SPEC.format(shape="[4]", layers=STREAMS[name], encoder="none", readout="sequence")
    settings = (f"build.schedule={schedule}", "build.time_chunk=3")
    net: Any = network(document(tmp_path, text, 7, *settings))().double().eval()
    for parameter in net.parameters():
        torch.nn.init.uniform_(parameter, 0.2, 1.5)
    x = torch.rand(7, 2, 4, dtype=torch.float64)
    net.time_chunk = 7
    want = net(x)
    net.time_chunk = 3
    torch.testing.assert_close(net(x), want)
    state, steps = None, []
    for x_t in x:
        y, state = net.step(x_t, state)
        steps.append(y)
    torch.testing.assert_close(torch.stack(steps), want)


def test_more_steps_than_there_are_parts_are_refused(tmp_path: Path) -> None:
    net: Any = made(tmp_path, '"TEBN1d", "IF"', "[4]", 3).eval()
    state, x = None, torch.rand(2, 4, dtype=torch.float64)
    for _ in range(3):
        _, state = net.step(x, state)
    with pytest.raises(ValueError, match="bn1 was made for 3 steps, not for 4"):
        net.step(x, state)


def test_names_in_the_state_are_those_of_the_papers_and_of_pytorch(tmp_path: Path) -> None:
    layers = (
        '"TEBN1d", { kind = "BNTT1d", name = "through" }, { kind = "Delay", delay = { value = 1.0,'
        ' per = "channel", learnable = true, range = [0.0, 4.0] } }'
    )
    names = set(made(tmp_path, layers, "[3]", 2).state_dict())
    each = ("weight", "running_mean", "running_var", "num_batches_tracked")
    assert names == {
        *(f"bn1.{name}" for name in (*each, "bias", "scale")),
        *(f"through.{t}.{name}" for t in range(2) for name in each),
        "delay1.delay_raw",
    }


def test_the_factor_of_each_step_scales_that_step(tmp_path: Path) -> None:
    net: Any = made(tmp_path, '"TEBN1d"', "[3]")
    plain = nn.BatchNorm1d(3).double()
    x = torch.randn(4, 5, 3).double()
    factors = torch.tensor([1.0, 0.5, 2.0, -1.0])
    net.bn1.scale.data.copy_(factors)
    want = plain(x.flatten(0, 1)).view(4, 5, 3) * factors.view(4, 1, 1)
    torch.testing.assert_close(net(x), want)
    torch.testing.assert_close(net.bn1.running_var, plain.running_var)


def test_each_step_has_its_own_statistics_and_weight(tmp_path: Path) -> None:
    net: Any = made(tmp_path, '{ kind = "BNTT1d", momentum = 0.2 }', "[3]")
    own = [nn.BatchNorm1d(3, momentum=0.2).double() for _ in range(4)]
    x = torch.randn(4, 5, 3).double() * torch.arange(1, 5).view(4, 1, 1)
    for t in range(4):
        net.bn1[t].weight.data.fill_(t + 1.0)
        own[t].weight.data.fill_(t + 1.0)
    want = torch.stack([bn(x_t) for bn, x_t in zip(own, x, strict=True)])
    torch.testing.assert_close(net(x), want)
    for got, bn in zip(net.bn1, own, strict=True):
        torch.testing.assert_close(got.running_mean, bn.running_mean)
        assert got.bias is None


def test_a_threshold_dependent_weight_starts_at_the_threshold(tmp_path: Path) -> None:
    layers = '{ kind = "TDBatchNorm1d", alpha = 0.5, v_threshold = 3.0 }'
    net: Any = made(tmp_path, layers, "[3]")
    assert net.bn1.weight.tolist() == [1.5] * 3
    assert net.bn1.bias.tolist() == [0.0] * 3


def late(x: Tensor, delays: Tensor) -> Tensor:
    """x [T, B, C] so many steps later, one number a channel, by the definition."""
    y = torch.zeros_like(x)
    for c, delay in enumerate(delays.tolist()):
        whole, part = int(delay // 1), delay % 1
        for t in range(len(x)):
            for steps, weight in ((whole, 1 - part), (whole + 1, part)):
                if steps <= t:
                    y[t, :, c] += weight * x[t - steps, :, c]
    return y


DELAYS = {
    "a number": ("1.25", 1.25),
    "whole steps": ("2", 2.0),
    "none": ("0", 0.0),
    "one a channel": ('{ uniform = [0.0, 4.0], per = "channel" }', None),
    "learned": (
        '{ uniform = [0.5, 3.5], per = "channel", learnable = true, range = [0.0, 4.0] }', None
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DELAYS)
def test_a_delay_is_the_input_so_many_steps_ago(tmp_path: Path, name: str) -> None:
    stated, number = DELAYS[name]
    net: Any = made(tmp_path, f'{{ kind = "Delay", delay = {stated} }}', "[3, 1]", 7)
    x = torch.randn(7, 2, 3, 1, dtype=torch.float64)
    delays = torch.full((3,), number) if number is not None else sum(net.delay1.delays()).flatten()
    torch.testing.assert_close(net(x)[..., 0], late(x[..., 0], delays.double()))


@pytest.mark.parametrize("name", DELAYS)
def test_a_delay_step_by_step_is_the_delay_of_the_sequence(tmp_path: Path, name: str) -> None:
    net: Any = made(tmp_path, f'{{ kind = "Delay", delay = {DELAYS[name][0]} }}', "[3, 2]", 7)
    x = torch.randn(7, 2, 3, 2, dtype=torch.float64)
    past = net.delay1.past(x[0])
    assert past.shape == (net.delay1.max_delay + 1, 2, 3, 2)
    steps = []
    for x_t in x:
        y, past = net.delay1.step(x_t, past)
        steps.append(y)
    torch.testing.assert_close(torch.stack(steps), net(x))


def test_a_delay_learns_towards_where_its_target_is(tmp_path: Path) -> None:
    delay = '{ value = 1.0, per = "channel", learnable = true }'
    net: Any = made(tmp_path, f'{{ kind = "Delay", delay = {delay}, max_delay = 5 }}', "[2]", 30)
    x = torch.linspace(0, 12, 30).sin().double().view(30, 1, 1).expand(30, 1, 2)
    target = late(x, torch.tensor([2.5, 0.5]))
    optimizer = torch.optim.Adam(net.parameters(), lr=0.1)
    for _ in range(150):
        optimizer.zero_grad()
        (net(x) - target).square().mean().backward()
        optimizer.step()
    torch.testing.assert_close(
        net.delay1.delay.flatten(), torch.tensor([2.5, 0.5]).double(), atol=0.05, rtol=0
    )


@pytest.mark.parametrize("tokens", [2, 9])
def test_attention_without_softmax_takes_the_cheaper_order(tmp_path: Path, tokens: int) -> None:
    layers = (
        '{ kind = "Attention", from = ["input", "input", "input"], heads = 2, softmax = false }'
    )
    text = SPEC.format(shape=f"[8, {tokens}]", layers=layers, encoder="none", readout="sum")
    doc = document(tmp_path, text)
    graph = snnc.link(doc)
    macs = graph["attention1"].operator.macs(*graph["attention1"].shapes)
    assert macs == 8 * tokens * min(tokens, 4) * 2
    with FlopCounterMode(display=False) as counter:
        network(doc)()(torch.rand(4, 1, 8, tokens))
    assert counter.get_total_flops() == 2 * 4 * macs


def test_attention_with_softmax_is_pytorchs(tmp_path: Path) -> None:
    layers = '{ kind = "Attention", from = ["input", "input", "input"], heads = 3 }'
    net = made(tmp_path, layers, "[6, 5]", 2)
    x = torch.randn(2, 4, 6, 5, dtype=torch.float64)
    peer = nn.MultiheadAttention(6, 3, bias=False, batch_first=True).double()
    peer.in_proj_weight.data.copy_(torch.eye(6).repeat(3, 1))
    peer.out_proj.weight.data.copy_(torch.eye(6))
    rows = x.flatten(0, 1).transpose(1, 2)
    want = peer(rows, rows, rows)[0].transpose(1, 2).unflatten(0, (2, 4))
    torch.testing.assert_close(net(x), want)


def test_standardised_filters_have_mean_0_and_variance_1(tmp_path: Path) -> None:
    layer = '{ kind = "WSConv2d", out_channels = 3, kernel_size = 2, eps = 1e-12, gain = true }'
    net: Any = made(tmp_path, layer, "[2, 4, 4]", 1)
    net.conv1.bias.data.zero_()
    net.conv1.gain.data.copy_(torch.tensor([1.0, 2.0, 3.0]).view(3, 1, 1, 1))
    # a one at each place of a window reads the filter itself
    probes = torch.zeros(8, 2, 4, 4, dtype=torch.float64)
    for i in range(8):
        probes[i, i // 4, i // 2 % 2, i % 2] = 1
    filters = net(probes[None])[0, :, :, 0, 0].T
    torch.testing.assert_close(filters.mean(1), torch.zeros(3).double(), atol=1e-9, rtol=0)
    want = torch.tensor([1.0, 2.0, 3.0]).double()
    torch.testing.assert_close(filters.std(1, correction=0), want)


def test_voting_is_the_mean_of_each_classs_neurons(tmp_path: Path) -> None:
    net = made(tmp_path, '{ kind = "Voting", voters = 2 }', "[6]", 1)
    votes = net(torch.tensor([[[0.0, 1.0, 1.0, 1.0, 0.0, 0.0]]]))
    assert votes.tolist() == [[[0.5, 1.0, 0.0]]]


def test_a_channel_is_dropped_as_a_whole(tmp_path: Path) -> None:
    layers = '{ kind = "Dropout2d", p = 0.5 }, { kind = "Dropout2d", p = 0.5, mask = "step" }'
    net = made(tmp_path, layers, "[8, 2, 3]", 5)
    torch.manual_seed(1)
    y = net(torch.ones(5, 4, 8, 2, 3, dtype=torch.float64))
    assert set(y.flatten().tolist()) == {0.0, 4.0}
    assert bool((y == y[..., :1, :1]).all())
    assert len({tuple(step.flatten().tolist()) for step in y}) == 5


def test_a_network_imports_only_what_it_needs(tmp_path: Path) -> None:
    net = made(tmp_path, '{ kind = "Delay", delay = 1 }', "[3]")
    model = sys.modules[type(net).__module__]
    own = {name for name, found in vars(model).items() if getattr(found, "__module__", None)}
    own = {name for name in own if not name.startswith("__")}
    assert own - {"Net", "Path", "Tensor"} == {
        "Delay",
        "check_input",
        "check_state",
        "load_weights",
    }
    assert f"{model.__package__}.kernels" not in sys.modules
