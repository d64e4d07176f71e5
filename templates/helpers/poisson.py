def poisson(x: Tensor, steps: int, seed: Tensor, key: int, first: int = 0) -> Tensor:
    """Spikes [steps, B, ...] with probability x at each step, from step ``first`` on.

    Raises ValueError if an x is not in [0, 1].
    """
    if first == 0:
        in_range("poisson", x, 0.0, 1.0)
    return bernoulli(x, seed, key, first, steps)
