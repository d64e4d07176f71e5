"""Truncated backpropagation through time, beside a loop of autograd written by hand."""

from collections import deque
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from snnc import network
from tests.support.beside import BACKENDS, use
from tests.support.by_hand import Spike
from tests.support.nets import document

NET = """
[input]
shape = [3]
encoder = "none"
[network]
layers = [
  { kind = "Linear", name = "fc", out_features = 5 },
  { kind = "LIF", name = "h", feedback = { kind = "Linear" }, surrogate = { kind = "Sigmoid", alpha = 2.0 } },
  { kind = "Delay", name = "d", delay = 2 },
  { kind = "Linear", name = "out", out_features = 2 },
  { kind = "LI", name = "li", tau = 3.0 },
]
[output]
readout = "sequence"
"""  # noqa: E501
T, B = 8, 4


def slope(u: Tensor) -> Tensor:
    """The derivative of the sigmoid of 2u."""
    return 2 * torch.sigmoid(2 * u) * (1 - torch.sigmoid(2 * u))


def by_hand(net: Any, x: Tensor, cut: int, detached: bool) -> Tensor:
    """Every output; before step ``cut`` the graph is cut, if it is to be."""
    v, s, m = x.new_zeros(B, 5), x.new_zeros(B, 5), x.new_zeros(B, 2)
    late, outputs = deque([s, s]), []
    for t in range(T):
        if t == cut and detached:
            v, s, m = v.detach(), s.detach(), m.detach()
            late = deque(each.detach() for each in late)
        h = v + (net.fc(x[t]) + net.h.feedback(s) - v) / 2
        s = Spike.apply(h - 1, slope)
        v = (1 - s) * h
        late.append(s)
        m = m + (net.out(late.popleft()) - m) / 3
        outputs.append(m)
    return torch.stack(outputs)


def in_parts(net: Any, x: Tensor, cut: int, detached: bool) -> Tensor:
    """The same by the network, called twice."""
    state: dict[str, Tensor] = {}
    first = net(x[:cut], state=state)
    if detached:
        state = {key: value.detach() for key, value in state.items()}
    return torch.cat([first, net(x[cut:], state=state)])


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("detached", [True, False], ids=["cut", "whole"])
@pytest.mark.parametrize("cut", [1, 3, 4])
def test_gradients_are_those_of_a_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut: int, detached: bool, backend: str
) -> None:
    use(monkeypatch, backend)
    torch.manual_seed(1)
    net: Any = network(document(tmp_path, NET, T))().double()
    for parameter in net.parameters():
        parameter.data.mul_(2)
    x = 2 * torch.randn(T, B, 3, dtype=torch.float64)
    got, want = in_parts(net, x, cut, detached), by_hand(net, x, cut, detached)
    torch.testing.assert_close(got, want)
    weight = torch.randn_like(want)
    grads = [torch.autograd.grad((y * weight).sum(), [*net.parameters()]) for y in (got, want)]
    torch.testing.assert_close(*grads)
    assert all(grad.abs().max() > 0 for grad in grads[0])
