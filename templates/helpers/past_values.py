def past_values(
    like: Tensor,
    shape: Sequence[int],
    steps: int,
    state: dict[str, Tensor] | None = None,
    name: str = "",
) -> list[Tensor]:
    """A value's last ``steps`` values, oldest first: 0, [B, ...], before the first step."""
    if state is not None and name in state:
        return list(state[name])
    return [like.new_zeros(len(like), *shape)] * steps
