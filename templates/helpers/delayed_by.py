def delayed_by(
    x: Tensor, steps: int, name: str, state: dict[str, Tensor] | None
) -> Tensor:
    """x [T, B, ...] as it was ``steps`` earlier; 0 before the first step."""
    if state is None or name not in state:
        before = x.new_zeros(steps, *x.shape[1:])
    else:
        before = state[name].to(x)
    every = torch.cat([before, x])
    if state is not None:
        state[name] = every[-steps:].clone()
    return every[: len(x)]
