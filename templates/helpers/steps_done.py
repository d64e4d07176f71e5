def steps_done(state: dict[str, Tensor] | None, time_steps: int) -> int:
    """The number of the first step of this call; ``state`` counts them."""
    if state is None:
        return 0
    first = int(state.get("t", 0))
    state["t"] = torch.tensor(first + time_steps)
    return first
