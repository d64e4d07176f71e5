"""Pooling over windows side by side, by the names that kernels know it by: max_2x2."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ...watching import watched

aten = torch.ops.aten

LEAST = 2  # channels: they are what is computed side by side


@dataclass(frozen=True)
class Window:
    """What is made of the windows of an image: "max" or "avg"."""

    how: str
    height: int
    width: int

    @property
    def size(self) -> tuple[int, int]:
        return self.height, self.width

    @property
    def cells(self) -> int:
        """How many elements a window has."""
        return self.height * self.width

    @property
    def macros(self) -> tuple[str, ...]:
        """What a text is compiled with that pools so."""
        size = f"-DDOWN={self.height}", f"-DACROSS={self.width}"
        return f"-DWITH_{self.how.upper()}", *size

    def whole(self, x: Tensor) -> bool:
        """Whether every element of images belongs to a window."""
        return x.shape[-2] % self.height == 0 and x.shape[-1] % self.width == 0

    def pool(self, x: Tensor) -> Tensor:
        """Of [T, B, C, H, W]."""
        pool = F.max_pool2d if self.how == "max" else F.avg_pool2d
        return torch.unflatten(pool(x.flatten(0, 1), self.size), 0, x.shape[:2])

    def pool_back(self, x: Tensor, grad: Tensor) -> Tensor:
        """The gradient of x, from that of :meth:`pool`."""
        x, g, size = x.flatten(0, 1), grad.to(x.dtype).flatten(0, 1), [*self.size]
        back: Tensor
        if self.how == "max":
            _, chosen = aten.max_pool2d_with_indices(x, size)
            back = aten.max_pool2d_with_indices_backward(
                g, x, size, size, [0, 0], [1, 1], False, chosen
            )
        else:
            back = aten.avg_pool2d_backward(g, x, size, size, [0, 0], False, True, None)
        return torch.unflatten(back, 0, grad.shape[:2])


def window_of(pool: nn.Module) -> str:
    """How kernels call a layer; "" if it is not over windows side by side, or watched."""
    if type(pool) is nn.MaxPool2d:
        how, plain = "max", pool.dilation in (1, (1, 1)) and not pool.return_indices
    elif type(pool) is nn.AvgPool2d:
        how, plain = "avg", pool.divisor_override is None
    else:
        return ""
    size, stride = pair(pool.kernel_size), pair(pool.stride)
    apart = stride == size and pair(pool.padding) == (0, 0) and not pool.ceil_mode
    return f"{how}_{size[0]}x{size[1]}" if apart and plain and not watched(pool) else ""


def pair(size: int | tuple[int, ...]) -> tuple[int, ...]:
    """One number for both axes, or one an axis."""
    return (size, size) if isinstance(size, int) else tuple(size)


def parsed(text: str) -> Window:
    """The window with that name."""
    how, _, size = text.partition("_")
    height, _, width = size.partition("x")
    return Window(how, int(height), int(width))


def channels_last(x: Tensor) -> bool:
    """Whether channels of images lie innermost, and are enough to be computed side by side."""
    if x.dim() != 4 or x.shape[1] < LEAST:
        return False
    _, channels, height, width = x.shape
    dense = (height * width * channels, 1, width * channels, channels)
    pairs = zip(x.shape, x.stride(), dense, strict=True)
    return all(size == 1 or stride == want for size, stride, want in pairs)
