"""A module in the place of another that a kernel would read is called."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrize

from snnc import network
from tests.fused.test_modules import made, put
from tests.support.nets import document


def unlike(net: nn.Module) -> None:
    bn, other = net.get_submodule("bn"), nn.BatchNorm2d(4, track_running_stats=False)
    other.load_state_dict({name: values.detach() for name, values in bn.named_parameters()})
    put(net, "bn", other)


def synchronised(net: nn.Module) -> None:
    convert: Any = nn.SyncBatchNorm.convert_sync_batchnorm
    convert(net)


def frozen(net: nn.Module) -> None:
    net.get_submodule("bn").eval().requires_grad_(False)


def fused(net: nn.Module) -> None:
    """What deployment does: the normalisation goes into the convolution."""
    conv: Any = net.get_submodule("conv").eval()
    bn: Any = net.get_submodule("bn").eval()
    put(net, "conv", torch.nn.utils.fusion.fuse_conv_bn_eval(conv, bn))
    put(net, "bn", nn.Identity())


def other_pools(net: nn.Module) -> None:
    put(net, "pool", nn.Conv2d(4, 4, 2, stride=2))


REPLACED: dict[str, Callable[[nn.Module], None]] = {
    "a frozen norm": frozen,
    "fused": fused,
    "a convolution for a pooling": other_pools,
    "InstanceNorm": lambda net: put(net, "bn", nn.InstanceNorm2d(4, affine=True)),
    "GroupNorm": lambda net: put(net, "bn", nn.GroupNorm(2, 4)),
    "another pooling": lambda net: put(net, "pool", nn.AvgPool2d(2)),
    "an adaptive pooling": lambda net: put(net, "pool", nn.AdaptiveMaxPool2d(2)),
}


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("name", REPLACED)
def test_whatever_is_put_in_its_place_is_called(name: str, training: bool) -> None:
    net, reference, x = made("normed and pooled", training)
    torch.manual_seed(0)
    REPLACED[name](net)
    torch.manual_seed(0)
    REPLACED[name](reference)
    torch.testing.assert_close(net(x), reference(input=x)["output"])
    torch.testing.assert_close(dict(net.named_buffers()), dict(reference.named_buffers()))


@pytest.mark.parametrize("change", [unlike, synchronised], ids=lambda change: change.__name__)
def test_what_normalises_as_before_is_as_before(change: Callable[[nn.Module], None]) -> None:
    """By the statistics of the batch, which is all steps, in training."""
    net, reference, x = made("normed and pooled", training=True)
    change(net)
    torch.testing.assert_close(net(x), reference(input=x)["output"])


@pytest.mark.parametrize("form", ["normed", "normed and pooled", "pooled", "linear feedback"])
def test_what_is_no_neuron_in_a_neurons_place_is_refused(form: str) -> None:
    net, _, x = made(form, training=False)
    put(net, "cell", nn.ReLU())
    with pytest.raises(TypeError, match="cell is ReLU, which is called as a neuron, with a state"):
        net(x)


MERGE = """
[input]
shape = [4]
encoder = "none"
[neurons.Join]
inputs = ["a", "b"]
parameters = { k = { value = 0.5, learnable = true, per = "neuron" } }
step = "y = a + k * b"
output = "y"
[network]
layers = [{ kind = "LIF", name = "cell", v_threshold = 0.5, feedback = "Join" }]
[output]
readout = "sequence"
"""


class Scaled(nn.Module):
    def forward(self, weight: torch.Tensor) -> torch.Tensor:
        return 0.5 * weight


def test_a_merge_in_a_kernel_is_read_as_it_is_or_refused(tmp_path: Path) -> None:
    """Its numbers may be parametrised; a hook or another module would not be seen."""
    doc, x = document(tmp_path, MERGE), torch.rand(5, 3, 4)
    net: Any = network(doc)()
    plain: Any = network(document(tmp_path, MERGE, 4, 'build.passes=["hoist"]'))()
    parametrize.register_parametrization(net.cell.feedback, "k", Scaled())
    plain.cell.feedback.k.data.mul_(0.5)
    torch.testing.assert_close(net(x), plain(x))
    assert not torch.equal(net(x), network(doc)()(x))
    said = "cell.feedback is computed in the kernel of cell and cannot be another module"
    for change in (
        lambda net: net.cell.feedback.register_forward_hook(lambda _, __, y: 2 * y),
        lambda net: put(net, "cell.feedback", nn.Bilinear(4, 4, 4)),
    ):
        changed = network(doc)()
        change(changed)
        with pytest.raises(TypeError, match=said):
            changed(x)
