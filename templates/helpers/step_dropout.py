class StepDropout(nn.Module):
    """Drops other elements at every step; those kept are scaled by 1 / (1 - p)."""

    def __init__(self, p: float, key: int) -> None:
        super().__init__()
        self.p, self.key = p, key

    def forward(self, x: Tensor, seed: Tensor, first: int = 0) -> Tensor:
        """x is [T, B, ...]: the steps from ``first`` on."""
        if not self.training:
            return x
        kept = uniform(seed, self.key, x.shape[1:], first, len(x)) >= self.p
        return x * kept.to(x) / (1 - self.p)
