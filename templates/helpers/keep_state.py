def keep_state(
    state: dict[str, Tensor] | None,
    after: Mapping[str, Tensor | float | list[Tensor]],
) -> None:
    """Leaves what follows the last step in ``state``; a delay as [steps, B, ...]."""
    if state is None:
        return
    for name, value in after.items():
        if isinstance(value, list):
            state[name] = torch.stack(value)
        elif isinstance(value, Tensor):
            state[name] = value[None] if "@" in name else value
