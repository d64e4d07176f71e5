"""Encoders: from numbers to spikes over time."""

import torch
from torch import Tensor

from .checks import in_range
from .fused import bernoulli


def poisson(x: Tensor, steps: int, seed: Tensor, key: int, first: int = 0) -> Tensor:
    """Spikes [steps, B, ...] with probability x at each step, from step ``first`` on.

    Raises ValueError if an x is not in [0, 1].
    """
    if first == 0:
        in_range("poisson", x, 0.0, 1.0)
    return bernoulli(x, seed, key, first, steps)


def latency_spikes(
    x: Tensor, time_steps: int, log: bool, first: int, steps: int
) -> Tensor:
    """One spike in T steps for each x; [steps, B, ...] from step ``first`` on.

    It comes at round((T - 1)(1 - x)) or, if ``log``, at round(T - 1 - ln(a x + 1)) with
    a = e^(T - 1) - 1: the larger x, the earlier.

    Raises ValueError if an x is not in [0, 1].
    """
    if first == 0:
        in_range("latency", x, 0.0, 1.0)
    last = time_steps - 1
    if log:  # ln(a x + 1), without the power of e
        when = last - torch.logaddexp(x.log() + last, torch.log1p(-x))
    else:
        when = last * (1 - x)
    t = torch.arange(first, first + steps, device=x.device)
    t = t.view(-1, *(1 for _ in x.shape))
    return (when.round() == t).to(x)


def phase_bits(x: Tensor, phases: int, first: int, steps: int) -> Tensor:
    """The bits of x, the first of ``phases`` worth 1/2, [steps, B, ...] from step ``first`` on.

    A bit k that is set becomes a spike of 2^-(k + 1); after the last come the first again.
    Raises ValueError if an x is not in [0, 1 - 2^-phases].
    """
    if first == 0:
        in_range("weighted_phase", x, 0.0, 1 - 2.0**-phases)
    t = torch.arange(first, first + steps, device=x.device) % phases
    worth = torch.exp2(-1.0 - t).to(x).view(-1, *(1 for _ in x.shape))
    return (x / worth).floor() % 2 * worth


def population_code(
    x: Tensor, neurons: int, low: float, high: float, sigma: float
) -> Tensor:
    """What ``neurons`` tuned channels answer to each channel of x, [B, C * neurons, ...].

    Their preferred values lie evenly from ``low`` to ``high``; the answer falls with the distance
    to them as exp(-d^2 / (2 sigma^2)). Raises ValueError if an x is not in [low, high].
    """
    in_range("population", x, low, high)
    centres = torch.linspace(low, high, neurons, dtype=x.dtype, device=x.device)
    apart = x.unsqueeze(2) - centres.view(-1, *(1 for _ in x.shape[2:]))
    return torch.exp(-(apart**2) / (2 * sigma**2)).flatten(1, 2)


def population_spikes(
    x: Tensor,
    tuning: tuple[int, float, float, float],
    steps: int,
    seed: Tensor,
    key: int,
    first: int = 0,
) -> Tensor:
    """Spikes [steps, B, C * neurons, ...] with the probabilities of a population code."""
    return poisson(population_code(x, *tuning), steps, seed, key, first)
