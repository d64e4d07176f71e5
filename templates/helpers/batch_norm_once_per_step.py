def batch_norm_once_per_step(
    bn: nn.BatchNorm1d | nn.BatchNorm2d | nn.BatchNorm3d, x: Tensor, time_steps: int
) -> Tensor:
    """``bn`` of an input that is the same at all steps, computed on one of them.

    In training the running statistics become what T equal updates make them.
    """
    y: Tensor
    if not bn.training or bn.running_mean is None or bn.running_var is None:
        y = bn(x)
        return y
    mean, var = torch.zeros_like(bn.running_mean), torch.zeros_like(bn.running_var)
    y = F.batch_norm(x, mean, var, bn.weight, bn.bias, True, 1.0, bn.eps)
    momentum = 1 - (1 - (bn.momentum or 0.0)) ** time_steps
    bn.running_mean.lerp_(mean, momentum)
    bn.running_var.lerp_(var, momentum)
    if bn.num_batches_tracked is not None:
        bn.num_batches_tracked += time_steps
    return y
