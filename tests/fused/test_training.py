"""A network trained by C kernels of neurons is the network trained by loops, bit for bit."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

import snnc
from snnc import network
from tests.support.nets import document, pair, same

DIGITS = Path(__file__).parents[2] / "specs" / "digits_conv.snn.toml"


def trained(backend: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Tensor]:
    """Every parameter and statistic of digits_conv after 50 steps."""
    monkeypatch.setenv("SNNC_BACKEND", backend)
    torch.manual_seed(0)
    # kernels with a batch norm or a product sum up in another order than PyTorch does
    net = network(snnc.load(DIGITS), without={"norm", "whole"})()
    x, labels = torch.rand(50, 16, 1, 8, 8), torch.randint(10, (50, 16))
    optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
    for images, targets in zip(x, nn.functional.one_hot(labels, 10).float(), strict=True):
        loss = nn.functional.mse_loss(net(images), targets)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
    return dict(net.state_dict())


def test_fifty_steps_of_training(monkeypatch: pytest.MonkeyPatch) -> None:
    start = snnc.compile(DIGITS).state_dict()
    got, want = trained("c", monkeypatch), trained("torch", monkeypatch)
    assert all(torch.equal(got[name], want[name]) for name in want)
    assert not any(torch.equal(got[name], start[name]) for name in want)


RANDOM = """
[input]
shape = [2, 7, 7]
encoder = "poisson"

[network]
layers = [
  { kind = "Conv2d", out_channels = 4, kernel_size = 3, padding = 1, bias = false },
  { kind = "BatchNorm2d" },
  { kind = "IF" },
  { kind = "Dropout", p = 0.3, mask = "step" },
  { kind = "MaxPool2d", kernel_size = 2 },
  { kind = "Conv2d", out_channels = 5, kernel_size = 3, padding = 1 },
  { kind = "LIF", tau = { value = 1.5, per = "channel", learnable = true } },
  "Flatten",
  { kind = "Dropout", p = 0.3 },
  { kind = "Linear", out_features = 6 },
  { kind = "LIF", v_threshold = 0.6, initial = { v = 0.25 } },
]
"""


@pytest.mark.parametrize("backend", ["c", "torch"])
@pytest.mark.parametrize("training", [True, False])
def test_schedules_agree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, training: bool, backend: str
) -> None:
    """Values, gradients and statistics are the reference's, so each other's."""
    monkeypatch.setenv("SNNC_BACKEND", backend)
    text = RANDOM if training else RANDOM.replace('"step" }', '"sequence" }')
    outputs = []
    for schedule in ("fold", "step"):
        both = pair(document(tmp_path, text, 4, f"build.schedule={schedule}"))
        both.module.train(training)
        both.reference.train(training)
        same(both)
        outputs.append(both.call()[0])
    torch.testing.assert_close(*outputs, rtol=1e-12, atol=1e-12)
