"""Joined neurons over tensors: what compiled kernels do at once, one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ..calls import Call, Tensors
from ..kernels import Kernels
from .forms import Form, alone
from .parts import Norm

Known = Sequence[Tensor]


@dataclass(frozen=True)
class Loop:
    """One call of a neuron of ``base``, with layers around it."""

    call: Call
    form: Form
    base: Kernels

    def forward(self, norm: Norm, end: bool) -> list[Tensor]:
        """The output, last states if ``end``, and mean and variance unless they are known."""
        found = self.statistics() if self.form.normed and not norm.stats else []
        call = self.behind(replace(norm, stats=norm.stats or found))
        output, *ends = self.base.forward(call, end)
        output, window = output.to(self.call.dtype), self.form.window
        return [output if window is None else window.pool(output), *ends, *found]

    def statistics(self) -> list[Tensor]:
        """Mean and variance of each channel over all else, [C] in float64."""
        x = self.call.inputs[0].double()
        var, mean = torch.var_mean(x, self.others, correction=0)
        return [mean, var]

    def backward(self, norm: Norm, grad: Tensor, ends: Tensors) -> list[Tensor]:
        """The gradients of inputs, terms, first states, weight and bias."""
        call = self.behind(norm)
        if self.form.window is not None:
            output = self.base.forward(call, False)[0].to(self.call.dtype)
            grad = self.form.window.pool_back(output, grad)
        count = len(call.inputs)
        grads = self.base.backward(call, grad.to(call.dtype), ends)
        if not self.form.normed:
            return grads
        g, *slopes = self.normed_back(norm, grads[0])
        affine = zip(slopes, norm.affine, strict=False)
        return [g, *grads[count:], *(v.to(own.dtype) for v, own in affine)]

    def normed_back(self, norm: Norm, g: Tensor) -> list[Tensor]:
        """The gradients of x, weight and bias, from that of what is normalised."""
        x, g = self.call.inputs[0].double(), g.double()
        mean, var = norm.stats
        mean, steep = mean.double(), (var.double() + norm.eps).rsqrt()
        normal = (x - self.channel(mean)) * self.channel(steep)
        slopes = [(g * normal).sum(self.others), g.sum(self.others)]
        if norm.batch:
            weight, bias = (self.channel(v / (x.numel() // len(v))) for v in slopes)
            g = g - bias - normal * weight
        scale = norm.affine[0].double() * steep if norm.affine else steep
        return [(g * self.channel(scale)).to(self.call.dtype), *slopes]

    def behind(self, norm: Norm) -> Call:
        """The call of the neuron alone, of normalised inputs."""
        call = alone(self.call, self.form)
        if not self.form.normed:
            return call
        mean, var = (v.double() for v in norm.stats)
        weight, bias = norm.affine or (torch.ones(()), torch.zeros(()))
        scale = weight.double().to(mean.device) / (var + norm.eps).sqrt()
        x = self.call.inputs[0].to(self.call.real)
        shift = bias.double().to(mean.device) - mean * scale
        normal = x * self.channel(scale.to(x.dtype)) + self.channel(shift.to(x.dtype))
        return replace(call, inputs=(normal,))

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
