def phase_bits(x: Tensor, phases: int, first: int, steps: int) -> Tensor:
    """The bits of x, the first of ``phases`` worth 1/2, [steps, B, ...] from step ``first`` on.

    A bit k that is set becomes a spike of 2^-(k + 1); after the last come the first again.
    Raises ValueError if an x is not in [0, 1 - 2^-phases].
    """
    if first == 0:
        in_range("weighted_phase", x, 0.0, 1 - 2.0**-phases)
    t = torch.arange(first, first + steps, device=x.device) % phases
    worth = torch.exp2(-1.0 - t).to(x).view(-1, *(1 for _ in x.shape))
    return (x / worth).floor() % 2 * worth
