def resumed_state(
    state: dict[str, Tensor] | None, name: str, start: Tensor | float
) -> Tensor | float:
    """Where a state begins: where the last call left it, if it did."""
    return start if state is None else state.get(name, start)
