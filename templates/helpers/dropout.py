class Dropout(nn.Module):
    """Drops the same elements of a sample at all steps; others are scaled by 1 / (1 - p)."""

    def __init__(self, p: float, key: int) -> None:
        super().__init__()
        self.p, self.key = p, key

    def forward(self, x: Tensor, seed: Tensor, batch_axis: int = 0) -> Tensor:
        """x is [B, ...], or [T, B, ...] with ``batch_axis=1``."""
        if not self.training:
            return x
        kept = uniform(seed, self.key, x.shape[batch_axis:])[0] >= self.p
        return x * kept.to(x) / (1 - self.p)
