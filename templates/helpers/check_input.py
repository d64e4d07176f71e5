def check_input(
    name: str, x: Tensor, shape: tuple[int, ...], timed: bool = False
) -> None:
    """Raises ValueError if x is not [B, *shape] or, timed, [T, B, *shape]."""
    if x.shape[2 if timed else 1 :] != shape:
        wanted = ", ".join(["T, B" if timed else "B", *map(str, shape)])
        raise ValueError(f"{name} must be [{wanted}], not {[*x.shape]}")
