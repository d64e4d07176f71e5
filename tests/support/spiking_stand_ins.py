"""Neurons under the module paths of SpikingJelly, snnTorch, Norse and Sinabs, by their equations.

The libraries are not needed: snnc knows their classes by name. Each neuron here is written from
what its library computes, in tensors, and nothing of it is used by snnc.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn


def under(module: str) -> Callable[[type], type]:
    """Puts a class into a module that need not exist."""

    def put(cls: type) -> type:
        cls.__module__, cls.__qualname__ = module, cls.__name__
        return cls

    return put


class Fire(torch.autograd.Function):
    """1 at or above 0; backwards a slope."""

    @staticmethod
    def forward(ctx: Any, u: Tensor, above: bool, slope: Callable[[Tensor], Tensor]) -> Tensor:
        ctx.save_for_backward(u)
        ctx.slope = slope
        return (u > 0).float() if above else (u >= 0).to(u)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        (u,) = ctx.saved_tensors
        return grad * ctx.slope(u), None, None


def arctan(alpha: float) -> Callable[[Tensor], Tensor]:
    return lambda u: alpha / 2 / (1 + (math.pi / 2 * alpha * u) ** 2)


@under("spikingjelly.activation_based.surrogate")
class ATan(nn.Module):
    def __init__(self, alpha: float = 2.0) -> None:
        super().__init__()
        self.alpha, self.spiking = alpha, True

    def forward(self, u: Tensor) -> Tensor:
        fired: Tensor = Fire.apply(u, False, arctan(self.alpha))
        return fired


class Memory(nn.Module):
    """A neuron of SpikingJelly: single-step or multi-step, its potential kept."""

    def __init__(self, tau: float = 2.0, v_reset: float | None = 0.0, step_mode: str = "s") -> None:
        super().__init__()
        self.tau, self.decay_input, self.v_threshold, self.v_reset = tau, True, 1.0, v_reset
        self.detach_reset, self.step_mode = False, step_mode
        self.surrogate_function = ATan()
        self.v: Any = 0.0 if v_reset is None else v_reset

    def charge(self, x: Tensor) -> Tensor:
        rest = self.v_reset or 0.0
        charged: Tensor = self.v + (x - (self.v - rest)) / self.tau
        return charged

    def one(self, x: Tensor) -> Tensor:
        h = self.charge(x)
        s: Tensor = self.surrogate_function(h - self.v_threshold)
        if self.v_reset is None:
            self.v = h - s * self.v_threshold
        else:
            self.v = s * self.v_reset + (1 - s) * h
        return s

    def forward(self, x: Tensor) -> Tensor:
        return self.one(x) if self.step_mode == "s" else torch.stack([self.one(t) for t in x])


@under("spikingjelly.activation_based.neuron.lif")
class LIFNode(Memory):
    pass


@under("spikingjelly.activation_based.neuron.integrate_and_fire")
class IFNode(Memory):
    def charge(self, x: Tensor) -> Tensor:
        charged: Tensor = self.v + x
        return charged


@under("spikingjelly.activation_based.neuron.lif_variants")
class GatedLIFNode(Memory):
    pass


@under("spikingjelly.activation_based.neuron.psn")
class PSN(Memory):
    pass


@under("spikingjelly.activation_based.neuron.brand_new")
class NewNode(Memory):
    pass


@under("mine")
class MyLIF(LIFNode):
    """Only a default of its own."""

    def __init__(self) -> None:
        super().__init__(tau=4.0, step_mode="m")


@under("mine")
class Changed(LIFNode):
    """Other equations."""

    def charge(self, x: Tensor) -> Tensor:
        return 2 * super().charge(x)


@under("spikingjelly.activation_based.layer.stateless_wrapper")
class Linear(nn.Linear):
    """Multi-step: time and batch folded into one axis."""

    def forward(self, input: Tensor) -> Tensor:
        if input.dim() == 2:
            raise ValueError("expected [T, N, C]")
        return super().forward(input.flatten(0, 1)).view(*input.shape[:2], -1)


def atan(alpha: float = 2.0) -> Callable[[Tensor], Tensor]:
    """snnTorch's surrogates are functions, and return float32."""

    def inner(u: Tensor) -> Tensor:
        fired: Tensor = Fire.apply(u, True, arctan(alpha))
        return fired

    return inner


atan.__module__ = "snntorch.surrogate"


@under("snntorch._neurons.leaky")
class Leaky(nn.Module):
    """Fires above its threshold; a spike resets the potential in the step after it."""

    beta: Tensor
    threshold: Tensor

    def __init__(
        self, beta: float, reset: str = "subtract", init_hidden: bool = False, **more: Any
    ) -> None:
        super().__init__()
        self.register_buffer("beta", torch.as_tensor(beta))
        self.register_buffer("threshold", torch.as_tensor(1.0))
        self.register_buffer("graded_spikes_factor", torch.as_tensor(1.0))
        rule = ("subtract", "zero", "none").index(reset)
        self.register_buffer("reset_mechanism_val", torch.as_tensor(rule))
        if more.pop("learn_beta", False):
            del self.beta
            self.beta = nn.Parameter(torch.as_tensor(beta))
        self.rule, self.init_hidden, self.spike_grad = reset, init_hidden, atan()
        self.state_quant, self.inhibition, self.reset_delay = False, False, True
        self.mem: Tensor | None = None
        for key, value in more.items():
            setattr(self, key, value)

    def forward(self, x: Tensor, mem: Tensor | None = None) -> Any:
        v = self.mem if mem is None else mem
        v = torch.zeros_like(x) if v is None or v.numel() == 0 else v
        r = self.spike_grad(v - self.threshold).detach()
        decay = self.beta.clamp(0, 1)
        h = decay * ((1 - r) * v) + x if self.rule == "zero" else decay * v + x
        h = h - r * self.threshold if self.rule == "subtract" else h
        self.mem = h
        spikes = self.spike_grad(h - self.threshold)
        return spikes if self.init_hidden else (spikes, h)


class State(NamedTuple):
    v: Tensor
    i: Tensor


class Parameters(NamedTuple):
    tau_syn_inv: Tensor = torch.as_tensor(200.0)
    tau_mem_inv: Tensor = torch.as_tensor(100.0)
    v_leak: Tensor = torch.as_tensor(0.0)
    v_th: Tensor = torch.as_tensor(0.125)
    v_reset: Tensor = torch.as_tensor(0.0)
    method: str = "super"


@under("norse.torch.module.lif")
class LIFCell(nn.Module):
    """The new current charges the potential, then it decays; the slope is that of α = 1."""

    def __init__(self, p: Parameters = Parameters()) -> None:  # noqa: B008
        super().__init__()
        self.p, self.dt = p, 0.001

    def forward(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        p, s = self.p, state or State(torch.zeros_like(x) + self.p.v_leak, torch.zeros_like(x))
        jump = s.i + x
        h = s.v + self.dt * p.tau_mem_inv * (p.v_leak - s.v + jump)
        z = Fire.apply(h - p.v_th, True, lambda u: 1 / (u.abs() + 1) ** 2).to(x)
        return z, State((1 - z) * h + z * p.v_reset, jump - self.dt * p.tau_syn_inv * jump)


class MultiSpike:
    """As many spikes as the threshold fits in."""


class MembraneSubtract:
    subtract_value = None


class SingleExponential:
    grad_width, grad_scale = 0.5, 1.0


@under("sinabs.layers.iaf")
class IAF(nn.Module):
    """[B, T, ...]: several spikes a step, reset by subtraction."""

    def __init__(self, min_v_mem: float | None = None) -> None:
        super().__init__()
        self.spike_fn, self.reset_fn = MultiSpike, MembraneSubtract()
        self.surrogate_grad_fn = SingleExponential()
        self.spike_threshold = nn.Parameter(torch.as_tensor(1.0), requires_grad=False)
        self.min_v_mem = None if min_v_mem is None else torch.as_tensor(min_v_mem)
        self.alpha_syn_calculated, self.norm_input, self.train_alphas = None, False, False

    def forward(self, x: Tensor) -> Tensor:
        v, spikes = torch.zeros_like(x[:, 0]), []
        width = 0.5
        for t in range(x.shape[1]):
            h = v + x[:, t]
            first = Fire.apply(h - 1.0, False, lambda u: torch.exp(-u.abs() / width) / width)
            s = first + (torch.floor(h.clamp(min=0)) - first).detach()
            v = h - s
            v = v if self.min_v_mem is None else torch.relu(v - self.min_v_mem) + self.min_v_mem
            spikes.append(s)
        return torch.stack(spikes, 1)
