"""Delays: layers, and the edges of a network that carry earlier values."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from .checks import kept


def past_values(
    like: Tensor,
    shape: Sequence[int],
    steps: int,
    state: dict[str, Tensor] | None = None,
    name: str = "",
) -> list[Tensor]:
    """A value's last ``steps`` values, oldest first: 0, [B, ...], before the first step."""
    if state is not None and name in state:
        return list(kept(state, name, (steps, len(like), *shape)))
    return [like.new_zeros(len(like), *shape)] * steps


def delayed_by(
    x: Tensor, steps: int, name: str, state: dict[str, Tensor] | None
) -> Tensor:
    """x [T, B, ...] as it was ``steps`` earlier; 0 before the first step."""
    if state is None or name not in state:
        before = x.new_zeros(steps, *x.shape[1:])
    else:
        before = kept(state, name, (steps, *x.shape[1:])).to(x)
    every = torch.cat([before, x])
    if state is not None:
        state[name] = every[-steps:].clone()
    return every[: len(x)]


class Delay(nn.Module):
    """y[t] = x[t - delay], 0 before the first step; linear between two whole steps."""

    def __init__(self, delay: float) -> None:
        super().__init__()
        self.whole, self.part = int(delay // 1), delay % 1
        self.max_delay = self.whole + (self.part > 0)

    def extra_repr(self) -> str:
        """The steps that it delays."""
        return f"delay={self.whole + self.part}"

    def forward(
        self, x: Tensor, name: str = "", state: dict[str, Tensor] | None = None
    ) -> Tensor:
        """All steps, [T, B, ...]; ``state`` keeps what was before them, by ``name``."""
        every = torch.cat([self.before(x, name, state), x])
        if state is not None:
            state[name] = every[len(x) :].clone()
        y = every[self.max_delay - self.whole :][: len(x)]
        return (1 - self.part) * y + self.part * every[: len(x)] if self.part else y

    def before(self, x: Tensor, name: str, state: dict[str, Tensor] | None) -> Tensor:
        """The last values before x [T, B, ...], oldest first: 0 if there were none."""
        if state is not None and name in state:
            return kept(state, name, (self.max_delay, *x.shape[1:])).to(x)
        return x.new_zeros(self.max_delay, *x.shape[1:])

    def step(self, x: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """One step of x [B, ...]; past [max_delay + 1, B, ...], the latest first."""
        past = torch.cat([x[None], past[:-1]])
        y = past[self.whole]
        if self.part:
            y = (1 - self.part) * y + self.part * past[self.whole + 1]
        return y, past

    def past(self, x: Tensor) -> Tensor:
        """What :meth:`step` starts with: nothing happened before x [B, ...]."""
        return x.new_zeros(self.max_delay + 1, *x.shape)


class VariableDelay(nn.Module):
    """y[t] = x[t - delay], 0 before the first step; linear between two whole steps.

    The delays, of ``size`` to broadcast over a sample, are drawn from ``start`` and cut to
    [0, max_delay]; those learned within a ``span`` are kept in it by their parametrisation.
    """

    def __init__(
        self,
        size: tuple[int, ...],
        start: tuple[float, float],
        max_delay: int,
        learnable: bool = False,
        span: tuple[float, float] | None = None,
    ) -> None:
        super().__init__()
        self.max_delay, self.span = max_delay, span
        self.delay: Tensor
        self.delay_raw: Tensor
        delay = torch.empty(size).uniform_(*start)
        if not learnable:
            self.register_buffer("delay", delay)
        elif span is None:
            self.delay = nn.Parameter(delay)
        else:
            self.delay_raw = nn.Parameter(self.raw(delay, span))

    def forward(
        self, x: Tensor, name: str = "", state: dict[str, Tensor] | None = None
    ) -> Tensor:
        """All steps, [T, B, ...]; ``state`` keeps what was before them, by ``name``."""
        whole, part = self.delays()
        every = torch.cat([self.before(x, name, state), x])
        if state is not None:
            state[name] = every[len(x) :].clone()
        now = torch.arange(self.max_delay, len(every), device=x.device)
        at = now.view(-1, *(1 for _ in x.shape[1:])) - whole
        y = torch.gather(every, 0, at.expand(x.shape))
        earlier = torch.gather(every, 0, (at - 1).expand(x.shape))
        return (1 - part) * y + part * earlier

    def before(self, x: Tensor, name: str, state: dict[str, Tensor] | None) -> Tensor:
        """The last values before x [T, B, ...], oldest first: 0 if there were none."""
        if state is not None and name in state:
            return kept(state, name, (self.max_delay, *x.shape[1:])).to(x)
        return x.new_zeros(self.max_delay, *x.shape[1:])

    def step(self, x: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """One step of x [B, ...]; past [max_delay + 1, B, ...], the latest first."""
        whole, part = self.delays()
        past = torch.cat([x[None], past[:-1]])
        y = torch.gather(past, 0, whole.expand(1, *x.shape))[0]
        earlier = torch.gather(past, 0, (whole + 1).expand(1, *x.shape))[0]
        return (1 - part) * y + part * earlier, past

    def past(self, x: Tensor) -> Tensor:
        """What :meth:`step` starts with: nothing happened before x [B, ...]."""
        return x.new_zeros(self.max_delay + 1, *x.shape)

    def delays(self) -> tuple[Tensor, Tensor]:
        """The whole steps, max_delay - 1 at most, and what is left of each delay."""
        delay = self.value().clamp(0, self.max_delay)
        whole = delay.detach().floor().clamp(max=self.max_delay - 1)
        return whole.long(), delay - whole

    def value(self) -> Tensor:
        """The delays in steps."""
        if self.span is None:
            return self.delay
        raw, (low, high) = self.delay_raw, self.span
        if math.isinf(high):
            return low + torch.exp(-raw)
        return low + (high - low) * torch.sigmoid(raw)

    @staticmethod
    def raw(delay: Tensor, span: tuple[float, float]) -> Tensor:
        """The inverse of the parametrisation."""
        low, high = span
        if math.isinf(high):
            return -torch.log(delay - low)
        return torch.logit((delay - low) / (high - low))
