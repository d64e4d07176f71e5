def uniform(
    seed: Tensor, key: int, shape: Sequence[int], first: int = 0, steps: int = 1
) -> Tensor:
    """Numbers in [0, 1), [steps, *shape], for the steps from ``first`` on.

    Each is a function of (seed, key, step, position) alone, whatever computes it and when:
    Philox4x32-10 (Salmon et al., SC 2011), the counter holding the position and the step.
    """
    low = 0xFFFFFFFF
    position = torch.arange(math.prod(shape), device=seed.device)
    block = torch.arange(first // 4, (first + steps - 1) // 4 + 1, device=seed.device)
    c0, c1 = position & low, position >> 32
    c2, c3 = block[:, None], torch.zeros_like(block)[:, None]
    k0, k1 = (seed ^ key) & low, (seed ^ key) >> 32 & low
    for _ in range(10):
        p0, p1 = c0 * 0xD2511F53, c2 * 0xCD9E8D57
        c0, c1 = (p1 >> 32 & low) ^ c1 ^ k0, p1 & low
        c2, c3 = (p0 >> 32 & low) ^ c3 ^ k1, p0 & low
        k0, k1 = k0 + 0x9E3779B9 & low, k1 + 0xBB67AE85 & low
    words = torch.stack([c0, c1, c2, c3], 1).flatten(0, 1)
    words = words[first % 4 : first % 4 + steps]
    return ((words >> 8) * 2.0**-24).view(steps, *shape)
