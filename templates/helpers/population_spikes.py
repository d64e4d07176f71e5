def population_spikes(
    x: Tensor,
    tuning: tuple[int, float, float, float],
    steps: int,
    seed: Tensor,
    key: int,
    first: int = 0,
) -> Tensor:
    """Spikes [steps, B, C * neurons, ...] with the probabilities of a population code."""
    return poisson(population_code(x, *tuning), steps, seed, key, first)
