class ChannelDropout(nn.Module):
    """Drops the same channels of a sample at all steps; others are scaled by 1 / (1 - p)."""

    def __init__(self, p: float, key: int) -> None:
        super().__init__()
        self.p, self.key = p, key

    def forward(self, x: Tensor, seed: Tensor, batch_axis: int = 0) -> Tensor:
        """x is [B, C, ...], or [T, B, C, ...] with ``batch_axis=1``."""
        if not self.training:
            return x
        end = batch_axis + 2
        kept = uniform(seed, self.key, x.shape[batch_axis:end])[0] >= self.p
        mask = kept.to(x).view(*kept.shape, *(1 for _ in x.shape[end:]))
        return x * mask / (1 - self.p)
