def poisson(x: Tensor, steps: int, seed: Tensor, key: int, first: int = 0) -> Tensor:
    """Spikes [steps, B, ...] with probability x at each step, from step ``first`` on."""
    return (uniform(seed, key, x.shape, first, steps) < x).to(x)
