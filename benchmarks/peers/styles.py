"""How a library's network is run over time: as a loop over steps, or layer by layer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.peers.layers import Layer

Factory = Callable[[Layer], nn.Module]
Neurons = Mapping[str, Factory]  # by kind; what a library does not have is not in it


@dataclass(frozen=True)
class Style:
    """One way to write a network: its arrangement, and what makes its neurons.

    ``hoisted``: layers before the first neuron are computed before time, and constants are put
    into weights, by hand. ``for_static``: it differs from another style for static data only.
    """

    name: str
    arranged: "type[Arranged]"
    neurons: Callable[[], Neurons]
    hoisted: bool = False
    for_static: bool = False


class Arranged(nn.Module):
    """A network of layers that is run for ``steps`` steps; its answer is a mean over time.

    ``static``: it reads [B, ...] at every step, not [T, B, ...]. The first ``stem`` layers are
    computed before time: once, or for all steps at once. ``stepwise``: the others see one step,
    so that their batch statistics are of one step too.
    """

    stepwise = False

    def __init__(self, parts: list[nn.Module], steps: int, stem: int, static: bool) -> None:
        super().__init__()
        self.stem = nn.Sequential(*parts[:stem])
        self.rest = nn.ModuleList(parts[stem:])
        self.steps, self.static = steps, static
        self.stateful = [m for m in self.modules() if m is not self and hasattr(m, "reset")]

    def reset(self) -> None:
        """Forgets all states; hand-made code must not forget to do it."""
        for module in self.stateful:
            forget: Any = module.reset
            forget()

    def begun(self, x: Tensor) -> Tensor:
        """What the stem makes of the data."""
        if self.static or not len(self.stem):
            y: Tensor = self.stem(x)
            return y
        return torch.unflatten(self.stem(x.flatten(0, 1)), 0, x.shape[:2])


class Looped(Arranged):
    """Step by step: every layer behind the stem reads [B, ...]."""

    stepwise = True

    def forward(self, x: Tensor) -> Tensor:
        x = self.begun(x)
        total = self.step(x if self.static else x[0])
        for t in range(1, self.steps):
            total = total + self.step(x if self.static else x[t])
        return total / self.steps

    def step(self, x: Tensor) -> Tensor:
        """All layers behind the stem, once."""
        for layer in self.rest:
            x = layer(x)
        return x


class Folded(Arranged):
    """Layer by layer: neurons read [T, B, ...], all others [T*B, ...]."""

    time = 0  # the axis of time

    def forward(self, x: Tensor) -> Tensor:
        x = self.begun(x)
        x = self.repeated(x) if self.static else x
        for layer in self.rest:
            whole = hasattr(layer, "reset")
            y = layer(x if whole else x.flatten(0, 1))
            x = y if whole else torch.unflatten(y, 0, x.shape[:2])
        return x.mean(self.time)

    def repeated(self, x: Tensor) -> Tensor:
        """The same at every step: without copies if it was hoisted, else as tutorials write it."""
        x = x.unsqueeze(self.time)
        shape = [self.steps if axis == self.time else -1 for axis in range(x.dim())]
        if len(self.stem):
            return x.expand(shape)
        return x.repeat([max(1, size) for size in shape])


class BatchFirst(Folded):
    """Layer by layer, neurons reading [B, T, ...]."""

    time = 1

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x if self.static else x.transpose(0, 1))


class Fed(nn.Module):
    """A neuron that reads its last output too, as one writes it around any neuron of one step."""

    def __init__(self, product: nn.Module, neuron: nn.Module, width: int) -> None:
        super().__init__()
        self.product, self.neuron, self.width = product, neuron, width
        self.last: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        last = x.new_zeros(*x.shape[:-1], self.width) if self.last is None else self.last
        self.last = self.neuron(self.product(torch.cat((x, last), -1)))
        return self.last

    def reset(self) -> None:
        self.last = None


class SameMask(nn.Module):
    """Dropout that keeps its mask until it is reset, for libraries that have none."""

    def __init__(self, p: float, batch_first: bool = False) -> None:
        super().__init__()
        self.p, self.batch_first = p, batch_first
        self.mask: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        if self.mask is None:
            one = x[:, :1] if self.batch_first else x
            self.mask = nn.functional.dropout(torch.ones_like(one), self.p)
        return x * self.mask

    def reset(self) -> None:
        self.mask = None
