def batch_norm_per_step(
    bn: nn.BatchNorm1d | nn.BatchNorm2d | nn.BatchNorm3d, x: Tensor
) -> Tensor:
    """``bn`` of each step of x [T, B, ...] on its own: T statistics, T running updates."""
    return torch.stack([bn(x_t) for x_t in x])
