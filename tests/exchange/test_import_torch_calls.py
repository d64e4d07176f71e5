"""Each module, function and method that ``snnc import torch`` knows, proved equal by the import.

A kind that the catalog lacks is refused by name.
"""

from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from snnc.exchange import Refused
from snnc.exchange.torch_fx import Imported, imported
from snnc.exchange.torch_fx.handlers import HANDLERS, WORDS
from tests.support import foreign_nets

SEQUENCE, IMAGE, VOLUME, FEATURES = (4, 8), (4, 8, 8), (4, 6, 6, 6), (8,)
FILTERS = torch.randn(4, 4, 3, 3)
MATRIX = torch.randn(5, 8)

Call = Callable[[Tensor], Tensor]
CASES: list[tuple[tuple[int, ...], Call | nn.Module, str, str]] = [
    (SEQUENCE, nn.Conv1d(4, 6, 3, padding="same"), "Conv1d", 'padding = "same"'),
    (IMAGE, nn.Conv2d(4, 6, (3, 1), 2, (1, 0), groups=2), "Conv2d", "kernel_size = [3, 1]"),
    (IMAGE, nn.Conv2d(4, 6, 3, 1, 2, 2, padding_mode="reflect"), "Conv2d", "dilation = 2"),
    (IMAGE, lambda x: F.conv2d(x, FILTERS, padding=1), "Conv2d", "bias = false"),
    (VOLUME, nn.Conv3d(4, 2, 3), "Conv3d", "out_channels = 2"),
    (IMAGE, nn.ConvTranspose2d(4, 6, 3, 2, 1, 1), "ConvTranspose2d", "output_padding = 1"),
    (IMAGE, nn.ConvTranspose2d(4, 6, 2, groups=2), "ConvTranspose2d", "out_channels = 6"),
    (FEATURES, nn.Linear(8, 5, bias=False), "Linear", "out_features = 5, bias = false"),
    (FEATURES, lambda x: F.linear(x, MATRIX), "Linear", "out_features = 5"),
    (FEATURES, nn.BatchNorm1d(8, affine=False), "BatchNorm1d", "affine = false"),
    (SEQUENCE, nn.BatchNorm1d(4), "BatchNorm1d", ""),
    (IMAGE, nn.BatchNorm2d(4, momentum=0.2), "BatchNorm2d", "momentum = 0.2"),
    (VOLUME, nn.BatchNorm3d(4), "BatchNorm3d", ""),
    (IMAGE, nn.BatchNorm2d(4, momentum=None), "BatchNorm2d", 'momentum = "cumulative"'),
    (SEQUENCE, lambda x: F.normalize(x, dim=-1), "Normalize", "dim = 1"),
    (FEATURES, lambda x: F.normalize(x, eps=0.5), "Normalize", "eps = 0.5"),
    (IMAGE, nn.Unfold(2, stride=2), "Unfold", "kernel_size = 2, stride = 2"),
    (IMAGE, lambda x: F.unfold(x, (3, 1), 2, (1, 0)), "Unfold", "padding = [1, 0]"),
    (IMAGE, lambda x: torch.roll(x, (1, -2), (2, 3)), "Concat", "dim = 2, stop = 2"),
    (IMAGE, lambda x: F.batch_norm(x, MATRIX[0, :4], MATRIX[1, :4] ** 2), "BatchNorm2d", "affine"),
    (FEATURES, nn.LayerNorm(8), "LayerNorm", ""),
    (IMAGE, nn.LayerNorm(8, eps=1e-3), "LayerNorm", "normalized_shape = [8], eps = 0.001"),
    (IMAGE, nn.LayerNorm((4, 8, 8), bias=False), "LayerNorm", "bias = false"),
    (IMAGE, nn.GroupNorm(2, 4), "GroupNorm", "num_groups = 2"),
    (SEQUENCE, nn.MaxPool1d(2), "MaxPool1d", "kernel_size = 2"),
    (IMAGE, nn.MaxPool2d(3, 2, 1, ceil_mode=True), "MaxPool2d", "ceil_mode = true"),
    (IMAGE, lambda x: F.max_pool2d(x, 2, stride=2), "MaxPool2d", "kernel_size = 2 }"),
    (VOLUME, nn.MaxPool3d(2), "MaxPool3d", ""),
    (SEQUENCE, nn.AvgPool1d(2, 1), "AvgPool1d", "stride = 1"),
    (IMAGE, nn.AvgPool2d(2, divisor_override=3), "AvgPool2d", "divisor_override = 3"),
    (IMAGE, lambda x: F.avg_pool2d(x, x.size()[2:]), "AvgPool2d", "kernel_size = 8"),
    (VOLUME, nn.AvgPool3d(3, padding=1, count_include_pad=False), "AvgPool3d", "padding = 1"),
    (SEQUENCE, nn.AdaptiveAvgPool1d(2), "AdaptiveAvgPool1d", "output_size = 2"),
    (IMAGE, nn.AdaptiveAvgPool2d((None, 2)), "AdaptiveAvgPool2d", "output_size = [8, 2]"),
    (IMAGE, lambda x: F.adaptive_avg_pool2d(x, 1), "AdaptiveAvgPool2d", "output_size = 1"),
    (IMAGE, lambda x: x.mean([2, 3], keepdim=True), "AdaptiveAvgPool2d", "output_size = 1"),
    (IMAGE, lambda x: x.mean(dim=(-2, -1)), "AdaptiveAvgPool2d", "Flatten"),
    (IMAGE, nn.AdaptiveMaxPool2d(2), "AdaptiveMaxPool2d", "output_size = 2"),
    (IMAGE, lambda x: F.adaptive_max_pool2d(x, 1), "AdaptiveMaxPool2d", ""),
    (FEATURES, nn.ReLU(inplace=True), "ReLU", ""),
    (FEATURES, torch.relu, "ReLU", ""),
    (FEATURES, lambda x: F.relu(x, inplace=True), "ReLU", ""),
    (FEATURES, lambda x: x.clone().relu_(), "ReLU", ""),
    (FEATURES, lambda x: x.clamp(min=0), "ReLU", ""),
    (FEATURES, nn.ReLU6(), "ReLU6", ""),
    (FEATURES, lambda x: F.hardtanh(x, 0, 6), "ReLU6", ""),
    (FEATURES, nn.Sigmoid(), "Sigmoid", ""),
    (FEATURES, torch.tanh, "Tanh", ""),
    (FEATURES, nn.SiLU(inplace=True), "SiLU", ""),
    (FEATURES, lambda x: F.gelu(x, approximate="tanh"), "GELU", 'approximate = "tanh"'),
    (FEATURES, nn.LeakyReLU(0.2), "LeakyReLU", "negative_slope = 0.2"),
    (IMAGE, nn.Softmax(dim=-1), "Softmax", "dim = 2"),
    (FEATURES, lambda x: x.softmax(1), "Softmax", ""),
    (FEATURES, lambda x: torch.add(x, x), "Add", 'from = ["input", "input"]'),
    (FEATURES, lambda x: x * x, "Mul", ""),
    (IMAGE, lambda x: torch.cat((x, x), 1), "Concat", ""),
    (IMAGE, lambda x: torch.cat([x, x], dim=-1), "Concat", "dim = 2"),
    (IMAGE, nn.Flatten(), "Flatten", 'name = "net" }'),
    (IMAGE, lambda x: x.flatten(2), "Flatten", "start_dim = 1 }"),
    (IMAGE, lambda x: torch.flatten(x, 1, 2), "Flatten", "end_dim = 1 }"),
    (IMAGE, lambda x: x.reshape(x.shape[0], -1), "Flatten", ""),
    (IMAGE, lambda x: x.contiguous().view(-1, 4 * 8 * 8), "Flatten", ""),
    ((4, 1, 1), lambda x: x.squeeze(-1).squeeze(-1), "Flatten", "start_dim = 1"),
    (FEATURES, lambda x: x.view(-1, 2, 4), "Unflatten", "unflattened_size = [2, 4]"),
    (IMAGE, lambda x: x.view(-1, 2, 2, 8, 8), "Unflatten", "unflattened_size = [2, 2]"),
    (FEATURES, nn.Dropout(0.2), "Dropout", "p = 0.2"),
    (FEATURES, lambda x: F.dropout(x, 0.1, training=False), "Dropout", "p = 0.1"),
    (IMAGE, nn.Dropout2d(), "Dropout2d", ""),
    (FEATURES, nn.Identity(), "Identity", ""),
    (FEATURES, nn.Hardswish(), "Hardswish", ""),
    (FEATURES, F.hardsigmoid, "Hardsigmoid", ""),
    (FEATURES, lambda x: F.elu(x, 0.5), "ELU", "alpha = 0.5"),
    (FEATURES, nn.Softplus(2.0), "Softplus", "beta = 2.0"),
    (IMAGE, nn.PReLU(4), "PReLU", 'per = "channel"'),
    (FEATURES, nn.PReLU(), "PReLU", ""),
    (FEATURES, lambda x: F.log_softmax(x, dim=1), "LogSoftmax", ""),
    (FEATURES, lambda x: x.clamp(0, 2.5), "ClippedReLU", "max = 2.5"),
    (FEATURES, lambda x: x.clamp(-1, 1), "Clipped", 'step = """\ny = clip(x, low, high)'),
    (FEATURES, lambda x: x * 0.5, "Scaled", "factor = 0.5"),
    (FEATURES, lambda x: 1 - x, "DifferenceFrom", "y = c - x"),
    (FEATURES, lambda x: x / 255.0, "QuotientOf", "y = x / c"),
    (FEATURES, lambda x: x - F.relu(x), "Difference", "y = a - b"),
    (IMAGE, lambda x: x * FILTERS[0, :, :1, :1], "Scaled", 'per = "channel"'),
    (SEQUENCE, lambda x: x + torch.arange(32.0).view(4, 8), "Shifted", 'per = "neuron"'),
    (FEATURES, lambda x: x.square(), "Power2", "y = x ** 2"),
    (FEATURES, lambda x: -x.abs(), "Negative", "y = abs(x)"),
    (IMAGE, lambda x: x * x.mean([2, 3], keepdim=True), "Mul", 'kind = "Upsample"'),
    (IMAGE, lambda x: x * x.mean(1, keepdim=True), "Mul", 'kind = "Upsample"'),
    (IMAGE, lambda x: x / x.abs().sum((1, 2), keepdim=True), "Quotient", "dims = [2, 0, 1]"),
    (FEATURES, lambda x: x - x.mean(1, keepdim=True), "Difference", "size = [8]"),
    (IMAGE, lambda x: F.pad(x, (0, 0, 0, 0, 1, 0)), "Pad", "dims = [1, 0, 2]"),
    (IMAGE, lambda x: x.chunk(2, 1)[1], "Slice", "start = 2"),
    (IMAGE, lambda x: torch.cat(torch.split(x, [1, 3], 1)[::-1], 1), "Concat", "stop = 1"),
    (IMAGE, lambda x: x[:, 1:, ..., ::2], "Slice", "dim = 2, step = 2"),
    (IMAGE, lambda x: x[:, 0], "Slice", "stop = 1"),
    (IMAGE, lambda x: x.unbind(2)[3], "Slice", "dim = 1, start = 3"),
    (IMAGE, lambda x: x.select(1, -1), "Slice", "start = 3"),
    (IMAGE, lambda x: torch.stack((x, x), 1), "Concat", 'kind = "Unflatten"'),
    (IMAGE, lambda x: x.permute(0, 2, 3, 1), "Permute", "dims = [1, 2, 0]"),
    (SEQUENCE, lambda x: x.transpose(-1, -2), "Permute", "dims = [1, 0]"),
    (IMAGE, lambda x: x.view(-1, 8, 4, 8), "Unflatten", 'kind = "Flatten"'),
    (IMAGE, nn.PixelShuffle(2), "Permute", "dims = [0, 3, 1, 4, 2]"),
    (IMAGE, lambda x: x.mean(1), "AdaptiveAvgPool1d", 'kind = "Permute"'),
    (IMAGE, lambda x: x.sum([2, 3]), "Scaled", "factor = 64.0"),
    (IMAGE, lambda x: x.amax(3, keepdim=True), "AdaptiveMaxPool1d", ""),
    (IMAGE, nn.Upsample(scale_factor=2), "Upsample", "scale_factor = 2.0"),
    (IMAGE, lambda x: F.interpolate(x, size=(5, 6), mode="bilinear"), "Upsample", "size = [5, 6]"),
    (IMAGE, nn.ZeroPad2d((0, 1, 0, 1)), "Pad", "padding = [0, 1, 0, 1]"),
    (IMAGE, lambda x: F.pad(x, (1, 1), value=2.0), "Pad", "value = 2.0"),
    (IMAGE, nn.ReflectionPad2d(2), "Pad", 'padding = 2, mode = "reflect"'),
    (IMAGE, nn.InstanceNorm2d(4), "GroupNorm", "num_groups = 4"),
    (SEQUENCE, nn.Linear(8, 5), "Conv1d", "dims = [1, 0]"),
    ((4, 6, 8), nn.Linear(8, 5, bias=False), "Conv2d", "dims = [2, 0, 1]"),
    (FEATURES, lambda x: x @ MATRIX.t(), "Linear", "out_features = 5"),
    (SEQUENCE, lambda x: x @ x.transpose(1, 2), "MatMul", ""),
    (SEQUENCE, lambda x: F.scaled_dot_product_attention(x, x, x), "MatMul", 'kind = "Softmax"'),
    ((2, 4, 8), lambda x: F.scaled_dot_product_attention(x, x, x), "MatMul", "dim = 2"),
    (SEQUENCE, lambda x: F.interpolate(x if x.shape[1] == 4 else x[:, :4], 3), "Upsample", ""),
    (FEATURES, nn.utils.parametrizations.weight_norm(nn.Linear(8, 5)), "Linear", ""),
]


def _six(x: Tensor) -> Tensor:
    return x.view(-1, 2, 2, 2, 4, 8)


class Net(nn.Module):
    """A module under the name ``net``."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.net = module

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.net(x)
        return y


def brought(
    monkeypatch: pytest.MonkeyPatch, shape: tuple[int, ...], call: Call | nn.Module
) -> Imported:
    """An import of a network of one call; equality is proved within."""
    net = Net(call) if isinstance(call, nn.Module) else foreign_nets.Calls(call)
    monkeypatch.setattr(foreign_nets, "one", lambda: net, raising=False)
    return imported("tests.support.foreign_nets:one", "one", shape)


@pytest.mark.parametrize(("shape", "call", "kind", "part"), CASES)
def test_calls(
    monkeypatch: pytest.MonkeyPatch,
    shape: tuple[int, ...],
    call: Call | nn.Module,
    kind: str,
    part: str,
) -> None:
    text = brought(monkeypatch, shape, call).spec
    assert f'{{ kind = "{kind}", ' in text
    assert part in text


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda x: F.max_pool2d(x, 2, return_indices=True)[0], "F.max_pool2d_with_indices"),
        (lambda x: torch.add(x, x, alpha=2), "it has `alpha = 2`, where a spec knows only 1"),
        (lambda x: torch.cat([x, x])[:3], "a spec keeps them apart"),
        (lambda x: x.softmax(0), "it goes along the batch"),
        (lambda x: x.mean(), r"it makes \[\]: a spec keeps them apart"),
        (lambda x: x.mean((0, 1), keepdim=True), "a spec keeps them apart"),
        (lambda x: x.clamp(x.mean(), 1.0), "Tensor.mean"),
        (lambda x: x.transpose(0, 1), "it moves the batch|a spec keeps them apart"),
        (
            lambda x: _six(x) * _six(x)[:, :, :1],
            r"it joins \[2, 1, 2, 4, 8\] and \[2, 2, 2, 4, 8\]",
        ),
        (lambda x: x.abs() ** 0.3, "its exponent is 0.3"),
        (lambda x: x + torch.arange(3.0).view(3, 1, 1, 1), "is a constant of"),
        (lambda x: torch.roll(x, 1), "torch.roll, .* line .*: it does not say which axes"),
        (lambda x: F.normalize(x, p=1.0), "it has `p = 1.0`, where a spec knows only 2.0"),
        (lambda x: F.normalize(x, dim=0), "it goes along `dim = 0`"),
        (lambda x: x.long() * 1.0, "Tensor.long, .* line .*: it makes whole numbers"),
        (lambda x: x.cumsum(1), "Tensor.cumsum, .* line .*: a spec has no such layer"),
        (lambda x: F.conv2d(x, x[:, :, :3, :3][:1]), "`weight` depends on the input"),
        (lambda x: F.batch_norm(x, None, None, training=True), "uses batch statistics"),
        (
            lambda x: torch.add(x, x, out=torch.empty_like(x)),
            "a call in this form",
        ),
        (lambda x: x.sort(1)[0], r"^Tensor.sort|^operator.getitem"),
        (lambda x: F.avg_pool2d(x, x.abs().ge(0).sum().item() // 768 + 1), "; Tensor.item, "),
        (lambda x: F.celu(F.celu(x)), r"^F.celu, .* line \d+ and 1 more: [^;]*$"),
        (nn.Sequential(nn.CELU()), r"^net.0 \(nn.CELU\), tests/exchange/test_import"),
    ],
)
def test_calls_that_a_spec_cannot_say(
    monkeypatch: pytest.MonkeyPatch, call: Call | nn.Module, said: str
) -> None:
    with pytest.raises(Refused, match=said):
        brought(monkeypatch, IMAGE, call)


def test_every_name_in_the_table_is_one_of_pytorchs() -> None:
    methods = {target for target in HANDLERS if isinstance(target, str)}
    others = {getattr(target, "__name__", "") for target in HANDLERS if target not in methods}
    assert {*WORDS} <= methods | others
