class Delay(nn.Module):
    """y[t] = x[t - delay], 0 before the first step; linear between two whole steps."""

    def __init__(self, delay: float) -> None:
        super().__init__()
        self.whole, self.part = int(delay // 1), delay % 1
        self.max_delay = self.whole + (self.part > 0)

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
            return state[name].to(x)
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
