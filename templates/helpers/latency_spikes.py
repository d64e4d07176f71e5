def latency_spikes(
    x: Tensor, time_steps: int, log: bool, first: int, steps: int
) -> Tensor:
    """One spike in T steps for each x; [steps, B, ...] from step ``first`` on.

    It comes at round((T - 1)(1 - x)) or, if ``log``, at round(T - 1 - ln(a x + 1)) with
    a = e^(T - 1) - 1: the larger x, the earlier.

    Raises ValueError if an x is not in [0, 1].
    """
    if first == 0:
        in_range("latency", x, 0.0, 1.0)
    last = time_steps - 1
    if log:  # ln(a x + 1), without the power of e
        when = last - torch.logaddexp(x.log() + last, torch.log1p(-x))
    else:
        when = last * (1 - x)
    t = torch.arange(first, first + steps, device=x.device)
    t = t.view(-1, *(1 for _ in x.shape))
    return (when.round() == t).to(x)
