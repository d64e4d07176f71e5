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
            return state[name].to(x)
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
