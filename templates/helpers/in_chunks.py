def in_chunks(
    run: Callable[[int, int, dict[str, Tensor]], Sequence[Tensor]],
    time_steps: int,
    chunk: int,
    readouts: Sequence[str],
) -> list[Tensor]:
    """The answers over all steps, ``chunk`` steps at a time: memory stays bounded.

    ``run(first, last, state)`` answers for a part of them.
    """
    state: dict[str, Tensor] = {}
    answers: list[list[Tensor]] = []
    for first in range(0, time_steps, chunk):
        last = min(first + chunk, time_steps)
        parts = run(first, last, state)
        share = (last - first) / time_steps
        answers = answers or [[] for _ in parts]
        for kind, answer, part in zip(readouts, answers, parts, strict=True):
            answer += [part * share if kind == "mean" else part]
            answer[:] = joined(kind, answer)
    return [torch.cat(answer) for answer in answers]


def joined(kind: str, parts: list[Tensor]) -> list[Tensor]:
    """What readout ``kind`` makes of its answers for consecutive parts of time."""
    if len(parts) == 1 or kind == "sequence":
        return parts
    before, part = parts
    if kind in ("mean", "sum"):
        return [before + part]
    return [torch.maximum(before, part) if kind == "max" else part]
