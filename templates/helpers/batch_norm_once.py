def batch_norm_once(
    bn: nn.BatchNorm1d | nn.BatchNorm2d | nn.BatchNorm3d, x: Tensor, time_steps: int
) -> Tensor:
    """``bn`` of an input that is the same at all steps, computed on one of them.

    In training the running statistics get the one update that all T*B samples make: with n
    values a channel in one step, the unbiased variance has nT - 1 below, not n - 1.
    """
    y: Tensor
    n = x.numel() // x.shape[1]
    if not bn.training or bn.running_mean is None or bn.running_var is None:
        y = bn(x)
        return y
    if n == 1:  # a variance over the steps alone
        y = bn(x.expand(time_steps, *x.shape).flatten(0, 1))
        return y[: len(x)]
    mean, var = torch.zeros_like(bn.running_mean), torch.zeros_like(bn.running_var)
    y = F.batch_norm(x, mean, var, bn.weight, bn.bias, True, 1.0, bn.eps)
    var = var * ((n - 1) * time_steps / (n * time_steps - 1))
    bn.running_mean.lerp_(mean, bn.momentum or 0.0)
    bn.running_var.lerp_(var, bn.momentum or 0.0)
    if bn.num_batches_tracked is not None:
        bn.num_batches_tracked += 1
    return y
