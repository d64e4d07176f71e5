def call_seed(state: dict[str, Tensor] | None, device: torch.device) -> Tensor:
    """The seed of this call's random numbers, which calls with one ``state`` share."""
    if state is not None and "seed" in state:
        return state["seed"]
    seed = torch.randint(2**62, (), device=device)
    if state is not None:
        state["seed"] = seed
    return seed
