"""Normalised neurons over tensors: what C does at once, one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ..calls import Call
from ..kernels import Kernels
from ..pooled.windows import Window

Known = Sequence[Tensor]


@dataclass(frozen=True)
class Loop:
    """One call of the neuron ``name`` of ``base``, a normalisation before it."""

    call: Call
    window: Window | None
    base: Kernels
    name: str

    def forward(self, affine: Known, known: Known, eps: float) -> list[Tensor]:
        """The output and, unless they are known, mean and variance of the batch."""
        stats = known or self.statistics()
        output = self.output(self.behind(affine, stats, eps))
        pooled = output if self.window is None else self.window.pool(output)
        return [pooled, *(() if known else stats)]

    def statistics(self) -> list[Tensor]:
        """Mean and variance of each channel over all else, [C] in float64."""
        x = self.call.inputs[0].double()
        var, mean = torch.var_mean(x, self.others, correction=0)
        return [mean, var]

    def backward(
        self, affine: Known, stats: Known, eps: float, batch: bool, grad: Tensor
    ) -> list[Tensor]:
        """The gradients of the input, terms, first states, weight and bias."""
        call = self.behind(affine, stats, eps)
        if self.window is not None:
            grad = self.window.pool_back(self.output(call), grad)
        g, *rest = self.base.backward(call, grad.to(call.dtype), ())
        x, g = self.call.inputs[0].double(), g.double()
        mean, steep = stats[0].double(), (stats[1].double() + eps).rsqrt()
        normal = (x - self.channel(mean)) * self.channel(steep)
        slopes = [(g * normal).sum(self.others), g.sum(self.others)]
        if batch:
            weight, bias = (self.channel(v / (x.numel() // len(v))) for v in slopes)
            g = g - bias - normal * weight
        scale = affine[0].double() * steep if affine else steep
        g_affine = (v.to(own.dtype) for v, own in zip(slopes, affine, strict=False))
        return [(g * self.channel(scale)).to(self.call.dtype), *rest, *g_affine]

    def behind(self, affine: Known, stats: Known, eps: float) -> Call:
        """The call of the neuron alone, of normalised inputs."""
        mean, var = (v.double() for v in stats)
        weight, bias = (v.double() for v in affine or (torch.ones(()), torch.zeros(())))
        scale = weight / (var + eps).sqrt()
        x = self.call.inputs[0].to(self.call.real)
        shift = bias - mean * scale
        normal = x * self.channel(scale.to(x.dtype)) + self.channel(shift.to(x.dtype))
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

    def channel(self, v: Tensor) -> Tensor:
        """A number a channel, [C], as it broadcasts."""
        return v.view(-1, *(1 for _ in range(self.inner)))
