"""Normalised neurons over tensors: what C does at once, one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ..calls import Call
from ..kernels import Kernels
from ..pooled.windows import Window
from .lines import Line


@dataclass(frozen=True)
class Loop:
    """One call of the neuron ``name`` of ``base``, a normalisation before it."""

    call: Call
    window: Window | None
    base: Kernels
    name: str

    def statistics(self) -> list[Tensor]:
        """Mean and variance of each channel over all else, [C] in float64."""
        x = self.call.inputs[0].double()
        var, mean = torch.var_mean(x, self.others, correction=0)
        return [mean, var]

    def forward(self, line: Line) -> Tensor:
        """The output of the neuron behind a line, pooled if there is a window."""
        output = self.output(self.behind(line))
        return output if self.window is None else self.window.pool(output)

    def backward(self, line: Line, grad: Tensor) -> tuple[list[Tensor], Tensor]:
        """The gradients of what the line gives, of terms and first states; its sums.

        The sums [2, C] are those of g and of g * (x - center).
        """
        call = self.behind(line)
        if self.window is not None:
            grad = self.window.pool_back(self.output(call), grad)
        grads = self.base.backward(call, grad.to(call.dtype), ())
        x, g = self.call.inputs[0].double(), grads[0].double()
        away = x - self.channel(line.center, x)
        sums = g.sum(self.others), (g * away).sum(self.others)
        return grads, torch.stack(sums)

    def finish(self, line: Line, g_x: Tensor, parts: Sequence[Tensor]) -> Tensor:
        """a * g + b * (x - center) + d."""
        x = self.call.inputs[0]
        real = x.to(self.call.real)
        a, b, d, center = (self.channel(v, real) for v in (*parts, line.center))
        return (a * g_x + b * (real - center) + d).to(x.dtype)

    def behind(self, line: Line) -> Call:
        """The call of the neuron alone, of normalised inputs."""
        x = self.call.inputs[0].to(self.call.real)
        normal = x * self.channel(line.scale, x) + self.channel(line.shift, x)
        return replace(self.call, name=self.name, inputs=(normal,))

    def output(self, call: Call) -> Tensor:
        """The neuron's own output, as it is stored."""
        return self.base.forward(call, False)[0].to(self.call.dtype)

    @property
    def others(self) -> list[int]:
        """The axes of the input that are not its channels'."""
        axes = self.call.inputs[0].dim()
        return [axis for axis in range(axes) if axis != axes - self.inner - 1]

    @property
    def inner(self) -> int:
        """The axes behind the channels."""
        return self.call.sample.dim() - 2

    def channel(self, v: Tensor, like: Tensor) -> Tensor:
        """A number a channel, [C], as it broadcasts."""
        return v.to(like.dtype).view(-1, *(1 for _ in range(self.inner)))
