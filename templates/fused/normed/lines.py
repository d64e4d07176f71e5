"""What normalisation makes of the numbers of a channel: a line, scale * x + shift."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Line:
    """For each channel, [C] in float64, the line and what it was made of.

    ``steep`` is 1 / sqrt(variance + eps), ``center`` the mean as kernels know it.
    """

    mean: Tensor
    steep: Tensor
    scale: Tensor
    shift: Tensor
    center: Tensor

    def slopes(self, sums: Tensor) -> list[Tensor]:
        """The gradients of weight and bias.

        ``sums`` [2, C] are those of g and of g * (x - center), g being the gradient of what
        the line gives.
        """
        return [self.steep * self.away(sums), sums[0]]

    def back(self, sums: Tensor, count: int) -> list[Tensor]:
        """a, b and d of the gradient of x, a * g + b * (x - center) + d.

        ``count`` numbers a channel made mean and variance; 0 if they were given.
        """
        zero = torch.zeros_like(self.scale)
        if not count:
            return [self.scale, zero, zero]
        b = -self.scale * self.steep**2 * self.away(sums) / count
        off = self.center - self.mean
        return [self.scale, b, b * off - self.scale * sums[0] / count]

    def away(self, sums: Tensor) -> Tensor:
        """The sum of g * (x - mean)."""
        return sums[1] + (self.center - self.mean) * sums[0]


def line(
    affine: Sequence[Tensor], stats: Sequence[Tensor], eps: float, real: torch.dtype
) -> Line:
    """The line of weight and bias, if there are any, and of mean and variance."""
    mean, var = (s.double() for s in stats)
    steep = (var + eps).rsqrt()
    scale = affine[0].double() * steep if affine else steep
    bias = affine[1].double() if affine else torch.zeros_like(mean)
    return Line(mean, steep, scale, bias - mean * scale, mean.to(real).double())
