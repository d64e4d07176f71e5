"""Poolings with padding in a converted network, beside loops written by hand.

A neuron that takes spikes back gives negative numbers, so what a pooling pads with matters.
"""

from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from tests.conversion.packages import TRAIN, Package

NET = """
[input]
shape = [3, 12, 12]
encoder = "direct"
[network]
layers = [
  { kind = "Conv2d", name = "c1", out_channels = 8, kernel_size = 5, padding = 2 },
  { kind = "ReLU", name = "r1" },
  { kind = "POOL", name = "p1", kernel_size = 3, stride = 2, padding = 1 },
  { kind = "Conv2d", name = "c2", out_channels = 4, kernel_size = 3 },
  { kind = "ReLU", name = "r2" },
  { kind = "POOL", name = "p2", kernel_size = 3, stride = 1, padding = 1 },
  "Flatten",
  { kind = "Linear", name = "l", out_features = 10 },
]
"""
CONVERT = 'rule = "max"\nper = "channel"\ninitial = "half"\nsigned = true'
NPZ = TRAIN.replace('"Digits"', '{ kind = "npz", path = "d.npz" }')
STEPS = 32


def pooled(kind: str, x: Tensor, stride: int) -> Tensor:
    pool = F.max_pool2d if kind == "MaxPool2d" else F.avg_pool2d
    return pool(x, 3, stride, 1)


class ByHand:
    """The ANN and, from its largest values in each channel, the SNN of signed neurons."""

    def __init__(self, kind: str, early: bool, weights: dict[str, Tensor]) -> None:
        self.kind, self.early, self.weights = kind, early, weights
        self.taken_back = 0

    def conv(self, name: str, x: Tensor, padding: int) -> Tensor:
        found = self.weights
        return F.conv2d(x, found[f"{name}.weight"], found[f"{name}.bias"], padding=padding)

    def linear(self, x: Tensor) -> Tensor:
        return F.linear(x.flatten(1), self.weights["l.weight"], self.weights["l.bias"])

    def ann(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Its answer, and what its activations gave, [B, C, H, W]."""
        seen = []
        for name, padding, stride in (("c1", 2, 2), ("c2", 0, 1)):
            x = self.conv(name, x, padding)
            x = pooled(self.kind, x, stride) if self.early else x
            x = x.relu()
            seen.append(x)
            x = x if self.early else pooled(self.kind, x, stride)
        return self.linear(x), seen

    def snn(self, x: Tensor, heights: list[Tensor], steps: int) -> Tensor:
        """The mean answer of all steps."""
        states: list[list[Tensor]] = [[], []]
        total = torch.zeros((), dtype=x.dtype)
        for _ in range(steps):
            y = x
            for i, (name, padding, stride) in enumerate((("c1", 2, 2), ("c2", 0, 1))):
                y = self.conv(name, y, padding)
                y = pooled(self.kind, y, stride) if self.early else y
                y = self.neuron(states[i], y, heights[i].view(-1, 1, 1))
                y = y if self.early else pooled(self.kind, y, stride)
            total = total + self.linear(y)
        return total / steps

    def neuron(self, state: list[Tensor], x: Tensor, height: Tensor) -> Tensor:
        """It fires at its height, and takes one back at minus its height if it has fired."""
        v, sent = state or (height.expand_as(x) / 2, torch.zeros_like(x))
        h = v + x
        back = (h <= -height) & (sent > 0)
        self.taken_back += int(back.sum())
        s = (h >= height).to(x) - back.to(x)
        state[:] = h - height * s, sent + s
        return height * s


def from_command(package: Package, ann: Any, x: Tensor) -> dict[str, Tensor]:
    """The thresholds of the rule ``max``."""
    names = [a.path for a in package.convert.ACTIVATIONS]
    rule, target = package.conversion.Fraction(1.0), package.conversion.Target("channel", 8, True)
    parts = [x[:20], x[20:]]
    found: dict[str, dict[str, Tensor]] = package.conversion.thresholds(
        ann, names, [rule], lambda: parts, target
    )
    return found[rule.text]


@pytest.mark.parametrize("backend", ["torch", "c"])
@pytest.mark.parametrize("kind", ["MaxPool2d", "AvgPool2d"])
@pytest.mark.parametrize("keep", [False, True], ids=["moved", "kept"])
def test_thresholds_and_answers_are_those_of_loops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, keep: bool, backend: str
) -> None:
    monkeypatch.setenv("SNNC_BACKEND", backend)
    convert = CONVERT + '\npool = "keep"' * keep
    package = Package(tmp_path, NET.replace("POOL", kind), STEPS, convert, NPZ)
    ann, x = package.ann().double(), torch.randn(30, 3, 12, 12, dtype=torch.float64)
    hand = ByHand(kind, kind == "MaxPool2d" and not keep, dict(ann.named_parameters()))
    want, seen = hand.ann(x)
    torch.testing.assert_close(ann(x), want)
    heights = [values.amax((0, 2, 3)) for values in seen]
    found = from_command(package, ann, x)
    for got, height in zip(found.values(), heights, strict=True):
        torch.testing.assert_close(got.flatten(), height)
    snn = package.snn(ann, found, half=True)
    rates = hand.snn(x, heights, STEPS)
    torch.testing.assert_close(snn(x).mean(0), rates)
    assert hand.taken_back > 0
    if kind == "AvgPool2d":  # the mean of maxima is not the maximum of means
        assert (rates - want).abs().max() < 0.1 * want.abs().max()
