def steps_taken(time_steps: int | None, usual: int) -> int:
    """How many steps a call takes: as many as usual, unless it says otherwise."""
    steps = usual if time_steps is None else time_steps
    if steps < 1:
        raise ValueError(f"time_steps must be at least 1, not {steps}")
    return steps
