"""The layer through which an output comes back: its weight is read, or it is called as it is."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ...watching import ordinary, watched


@dataclass(frozen=True)
class Way:
    """x[t] + linear(y[t-1]) or, with a width of y, linear of both side by side.

    y then stands ``behind`` or ``before`` x.
    """

    linear: nn.Module
    behind: int = 0
    before: int = 0

    def parts(self, x: Tensor) -> tuple[Tensor, Tensor] | None:
        """x for all steps with what does not come back, and the weight of what does.

        None if somebody has a hand in the layer: it is called then.
        """
        linear = self.linear
        if type(linear) is not nn.Linear or watched(linear):
            return None
        weight: Tensor = linear.weight
        bias: Tensor | None = linear.bias
        if not ordinary(weight) or not (bias is None or ordinary(bias)):
            return None
        if self.behind:
            there = weight.shape[1] - self.behind
            return F.linear(x, weight[:, :there], bias), weight[:, there:]
        if self.before:
            back = weight[:, : self.before]
            return F.linear(x, weight[:, self.before :], bias), back
        return x if bias is None else x + bias, weight

    def width(self, x: Tensor) -> int:
        """How many numbers come back."""
        return self.behind or self.before or x.shape[-1]

    def fed(self, now: Tensor, y: Tensor) -> Tensor:
        """What the neuron reads at a step of x [B, ...], by a call of the layer."""
        fed: Tensor
        if not self.behind and not self.before:
            fed = now + self.linear(y)
            return fed
        fed = self.linear(torch.cat([now, y] if self.behind else [y, now], 1))
        return fed
