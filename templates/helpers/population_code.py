def population_code(
    x: Tensor, neurons: int, low: float, high: float, sigma: float
) -> Tensor:
    """What ``neurons`` tuned channels answer to each channel of x, [B, C * neurons, ...].

    Their preferred values lie evenly from ``low`` to ``high``; the answer falls with the distance
    to them as exp(-d^2 / (2 sigma^2)). Raises ValueError if an x is not in [low, high].
    """
    in_range("population", x, low, high)
    centres = torch.linspace(low, high, neurons, dtype=x.dtype, device=x.device)
    apart = x.unsqueeze(2) - centres.view(-1, *(1 for _ in x.shape[2:]))
    return torch.exp(-(apart**2) / (2 * sigma**2)).flatten(1, 2)
