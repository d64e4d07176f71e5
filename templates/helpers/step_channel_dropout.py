class StepChannelDropout(nn.Module):
    """Drops other channels at every step; those kept are scaled by 1 / (1 - p)."""

    def __init__(self, p: float, key: int) -> None:
        super().__init__()
        self.p, self.key = p, key

    def forward(self, x: Tensor, seed: Tensor, first: int = 0) -> Tensor:
        """x is [T, B, C, ...]: the steps from ``first`` on."""
        if not self.training:
            return x
        kept = uniform(seed, self.key, x.shape[1:3], first, len(x)) >= self.p
        mask = kept.to(x).view(*kept.shape, *(1 for _ in x.shape[3:]))
        return x * mask / (1 - self.p)
