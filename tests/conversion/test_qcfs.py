"""QCFS: its values by hand, and its gradient as the paper's straight-through floor has it."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from snnc import network
from tests.support.nets import document, pair

TEXT = """
[input]
shape = [6]
[network]
layers = [{ kind = "QCFS", levels = 4, init = 2.0 }]
"""


class Floor(torch.autograd.Function):
    """Floor whose gradient is 1."""

    @staticmethod
    def forward(x: Tensor) -> Tensor:
        return x.floor()

    @staticmethod
    def setup_context(ctx: object, inputs: object, output: object) -> None:
        pass

    @staticmethod
    def backward(ctx: object, *grads: Tensor) -> Tensor:  # noqa: ARG004
        return grads[0]


def by_hand(x: Tensor, height: Tensor, levels: int) -> Tensor:
    """λ·clip(⌊x·L/λ + ½⌋/L, 0, 1), clipped first as its authors' code does."""
    z = (x / height).clamp(0, 1)
    y: Tensor = Floor.apply(z * levels + 0.5) / levels * height
    return y


@pytest.fixture
def qcfs(tmp_path: Path) -> torch.nn.Module:

    doc = document(tmp_path, TEXT, 1)
    return network(doc)().double()


def test_it_has_as_many_steps_as_levels(qcfs: torch.nn.Module) -> None:
    x = torch.tensor([[-1.0, 0.2, 0.3, 1.0, 1.7, 1.8]], dtype=torch.float64)
    assert qcfs(x).tolist() == [[0.0, 0.0, 0.5, 1.0, 1.5, 2.0]]
    x = torch.tensor([[0.25, 0.75, 1.25, 1.75, 2.25, 100.0]], dtype=torch.float64)
    assert qcfs(x).tolist() == [[0.5, 1.0, 1.5, 2.0, 2.0, 2.0]]


def test_its_gradients_are_the_straight_through_ones(qcfs: torch.nn.Module) -> None:
    torch.manual_seed(0)
    x = (3 * torch.randn(50, 6, dtype=torch.float64)).requires_grad_()
    weights = torch.randn(50, 6, dtype=torch.float64)
    (height,) = qcfs.parameters()
    torch.autograd.backward((weights * qcfs(x)).sum())
    other = x.detach().clone().requires_grad_()
    same = height.detach().clone().requires_grad_()
    torch.autograd.backward((weights * by_hand(other, same, 4)).sum())
    assert x.grad is not None
    assert other.grad is not None
    assert height.grad is not None
    assert same.grad is not None
    assert torch.allclose(x.grad, other.grad, atol=1e-12)
    assert torch.allclose(height.grad, same.grad, atol=1e-12)
    assert height.grad.abs() > 0.1


def test_it_is_what_the_reference_says_between_spiking_layers(tmp_path: Path) -> None:
    text = """
[input]
shape = [5]
[network]
layers = [
  { kind = "Linear", out_features = 8 }, "IF", { kind = "Linear", out_features = 8 },
  { kind = "QCFS", init = 1.5 }, { kind = "Linear", out_features = 3 },
]
"""
    both = pair(document(tmp_path, text))
    got, values = both.call()
    assert torch.allclose(got, values["output"], atol=1e-12)
