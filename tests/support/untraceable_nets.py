"""Networks that torch.fx cannot trace, or that fold parts of a sample into the batch."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, fx, nn


class Writes(nn.Module):
    """Writes into parts of a map, and into a tensor that has another name."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.bn = nn.Conv2d(3, 4, 3, padding="same"), nn.BatchNorm2d(4, momentum=None)
        self.fc, self.ln, self.drop = nn.Linear(256, 8), nn.LayerNorm(8), nn.Dropout(0.2)

    def forward(self, x: Tensor) -> Any:
        y = F.relu(self.bn(self.conv(x)))
        y[:, 0] = y[:, 1] * 2
        y[:, 2:4, 1:] += 1
        y = F.interpolate(F.pad(y, (1, 1, 1, 1), mode="reflect"), size=(8, 8), mode="bilinear")
        y = y + F.interpolate(F.max_pool2d(y, 2), scale_factor=2.0)
        first, second = y.chunk(2, 1)
        y = self.ln(self.fc(self.drop(torch.cat([second, first], 1)).flatten(1)))
        other = y
        other += 1
        return {"probabilities": F.softmax(y, -1), "mean": y.mean(1, keepdim=True)}


class Asks(nn.Module):
    """Asks for the type of its input."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(6, 4)

    def forward(self, x: Tensor) -> Tensor:
        if not isinstance(x, Tensor):
            raise TypeError("expected a tensor")
        turned = x.view(-1, 2, 3).permute(0, 2, 1).reshape(-1, 6)
        return torch.tanh(self.fc(turned))


@fx.wrap
def attended(x: Tensor, qkv: nn.Module, bias: Tensor, heads: int, window: int) -> Tensor:
    """Attention within shifted windows, as in Swin: the windows are in the batch."""
    b, h, w, c = x.shape
    x = torch.roll(F.pad(x, (0, 0, 0, 1, 0, 1)), (-1, -1), (1, 2))
    rows, columns = (h + 1) // window, (w + 1) // window
    x = x.view(b, rows, window, columns, window, c)
    x = x.permute(0, 1, 3, 2, 4, 5).reshape(b * rows * columns, window * window, c)
    split = qkv(x).reshape(x.size(0), x.size(1), 3, heads, c // heads).permute(2, 0, 3, 1, 4)
    q, k, v = split[0], split[1], split[2]
    weights = q @ k.transpose(-2, -1) + bias
    mask = x.new_zeros((rows * columns, window * window, window * window))
    mask[-1, :, 0] = -100.0
    weights = weights.view(b, rows * columns, heads, window**2, window**2) + mask.unsqueeze(1)
    weights = torch.softmax(weights.view(-1, heads, window**2, window**2), -1)
    x = (weights @ v).transpose(1, 2).reshape(x.size(0), x.size(1), c)
    x = x.view(b, rows, columns, window, window, c).permute(0, 1, 3, 2, 4, 5)
    return torch.roll(x.reshape(b, h + 1, w + 1, c), (1, 1), (1, 2))[:, :h, :w]


class Windows(nn.Module):
    """Windows of 4 by 4 of a map of 7 by 7, and a batch norm of all their tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.qkv = nn.Conv2d(3, 8, 1), nn.Linear(8, 24)
        self.bias = nn.Parameter(torch.randn(1, 2, 16, 16))
        self.bn, self.fc = nn.BatchNorm1d(8), nn.Linear(392, 4)

    def forward(self, x: Tensor) -> Any:
        y = attended(self.conv(x).permute(0, 2, 3, 1), self.qkv, self.bias, 2, 4)
        y = y + self.bn(y.flatten(0, 2)).view_as(y)
        return self.fc(y.flatten(1))


class Frames(nn.Module):
    """Frames of a video in the batch, which a convolution reads."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(2, 3, 3)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.conv(x.flatten(0, 1))
        return y.view(x.size(0), -1)


class Mixes(nn.Module):
    """Adds up what it has folded into the batch otherwise than it has."""

    def forward(self, x: Tensor) -> Tensor:
        y = x.reshape(-1, 4).softmax(0)
        return y.reshape(x.size(0), 2, 4)
