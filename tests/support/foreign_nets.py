"""Networks as somebody else would have written them; nothing here knows snnc."""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Residual(nn.Module):
    """Two convolutions around a shortcut, ReLU as a function."""

    def __init__(self, channels: int = 8) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels, eps=1e-3)
        self.head = nn.Linear(channels * 16, 10)

    def forward(self, x: Tensor) -> Any:
        x = F.relu(self.bn1(self.conv1(x)))
        x = F.relu(self.bn2(self.conv2(x)) + x)
        return self.head(torch.flatten(F.avg_pool2d(x, 2), 1))


class Mixed(nn.Module):
    """Activations and pooling as functions, a shortcut around two convolutions, logits."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.bn0 = nn.Conv2d(1, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8)
        self.conv1, self.bn1 = nn.Conv2d(8, 8, 3, padding=1), nn.BatchNorm2d(8)
        self.conv2, self.bn2 = nn.Conv2d(8, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8)
        self.fc1, self.fc2 = nn.Linear(128, 24), nn.Linear(24, 10)

    def forward(self, x: Tensor) -> Any:
        x = F.max_pool2d(F.relu6(self.bn0(self.stem(x))), 2)
        y = F.relu(self.bn1(self.conv1(x)))
        x = F.relu(x + self.bn2(self.conv2(y)))
        x = F.relu(self.fc1(x.view(x.size(0), -1)))
        return self.fc2(F.dropout(x, 0.2, self.training))


class LeNet(nn.Module):
    """Pooling as a function and a view in the middle."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2 = nn.Linear(256, 32), nn.Linear(32, 10)
        self.drop = nn.Dropout(0.3)

    def forward(self, x: Tensor) -> Any:
        x = F.max_pool2d(torch.relu(self.conv1(x)), 2)
        x = F.max_pool2d(self.conv2(x).relu(), (2, 2))
        x = x.view(x.size(0), -1)
        return self.fc2(self.drop(F.relu(self.fc1(x))))


def vgg() -> nn.Module:
    """As torchvision's vgg11, for 32×32 and narrow."""
    layers: list[nn.Module] = []
    channels = 3
    for width in (8, "pool", 16, "pool", 32, 32, "pool"):
        if isinstance(width, str):
            layers.append(nn.MaxPool2d(2, 2))
        else:
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU(inplace=True)]
            channels = width
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10)]
    return nn.Sequential(nn.Sequential(*layers), *head)


class Inplace(nn.Module):
    """What reads ``y`` after the activation reads the activated one."""

    def __init__(self) -> None:
        super().__init__()
        self.fc, self.act = nn.Linear(6, 6), nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        y = self.fc(x)
        z = self.act(y)
        return torch.cat([y, torch.add(z, x)], dim=-1)


class Shared(nn.Module):
    """One matrix, used twice; an option that is off; a result that nobody reads."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(6, 6)

    def forward(self, x: Tensor, scale: float | None = None) -> Any:
        if scale is not None:
            x = x * scale
        torch.einsum("bc->b", x)
        return self.fc(F.relu(self.fc(x)))


class Early(nn.Module):
    """Its value is not that of its last layer in the file."""

    def __init__(self) -> None:
        super().__init__()
        self.forward_ = nn.Linear(6, 4)
        self.step = nn.Linear(6, 4)

    def forward(self, x: Tensor) -> Any:
        return sum([self.forward_(x), self.step(x)])


class Unknown(nn.Module):
    """Four things that a spec cannot say, and more that it can."""

    def __init__(self) -> None:
        super().__init__()
        self.act = nn.CELU()
        self.inner = nn.Sequential(nn.Linear(6, 6), nn.Bilinear(1, 1, 1))
        self.offset = nn.Parameter(torch.zeros(6))

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.act(x)) + self.offset
        x = x * 0.5
        x = torch.cumsum(x, 1)
        x = torch.einsum("bc->bc", x)
        return torch.logsumexp(x, 1, keepdim=True)


class Decides(nn.Module):
    """Goes where the values lead."""

    def forward(self, x: Tensor) -> Tensor:
        if x.sum() > 0:
            return F.relu(x)
        return x


class Adds(nn.Module):
    """What torch.fx takes for ``x = x + y``."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(6, 6)

    def forward(self, x: Tensor) -> Tensor:
        x = self.fc(x)
        first = x
        x += F.relu(x)
        return first


class Calls(nn.Module):
    """Any function of one input."""

    def __init__(self, function: Callable[..., object]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Tensor) -> object:
        return self.function(x)


class TwoInputs(nn.Module):
    """Not one input."""

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return x + y


def pair() -> nn.Module:
    return Calls(lambda x: (x, x))


def several() -> nn.Module:
    return Calls(lambda x: {"half": F.relu(x)[:, :3], "all": (x * 2.0).tanh()})


def echo() -> nn.Module:
    return Calls(lambda x: x)


def mixes() -> nn.Module:
    return Calls(lambda x: F.relu(x).view(-1))


def hooked() -> nn.Module:
    net = nn.Sequential(nn.Linear(6, 6))
    net[0].register_forward_hook(lambda *call: call[-1] + 1)
    return net


def nobodys_line() -> nn.Module:
    return nn.Sequential(nn.CELU(), nn.ReLU())


def half() -> nn.Module:
    return LeNet().half()


def exact() -> nn.Module:
    return LeNet().double()


def always_drops() -> nn.Module:
    return Calls(lambda x: F.dropout(x, 0.0))


def own_statistics() -> nn.Module:
    return nn.Sequential(nn.BatchNorm1d(6, track_running_stats=False))


def too_much() -> nn.Module:
    return nn.Sequential(nn.Dropout(1.0))


def needs(size: int) -> nn.Module:
    return nn.Linear(size, size)


def fails() -> nn.Module:
    raise ValueError("no data\nin this folder")


def leaves() -> nn.Module:
    raise SystemExit(3)


def text() -> str:
    return "a network"


number = 3
mlp = nn.Sequential(nn.Linear(6, 4), nn.ReLU(), nn.Linear(4, 2))


def constant(factor: float, bias: float) -> nn.Module:
    """A network all of whose weights, and all of whose biases, are one number."""
    net = nn.Sequential(nn.Linear(6, 4), nn.ReLU(), nn.Linear(4, 2))
    for name, parameter in net.named_parameters():
        nn.init.constant_(parameter, factor if name.endswith("weight") else bias)
    return net


def tiny() -> nn.Module:
    return constant(1e-6, 0.0)


def deaf() -> nn.Module:
    return constant(0.0, 1.0)


def broken() -> nn.Module:
    return constant(1.0, float("nan"))
