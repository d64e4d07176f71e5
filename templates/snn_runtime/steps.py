"""Time steps of one call: how many, which is the first, and the state between calls."""

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor, nn

from .drawing import draws


def steps_taken(time_steps: int | None, usual: int) -> int:
    """How many steps a call takes: as many as usual, unless it says otherwise."""
    steps = usual if time_steps is None else time_steps
    # NumPy's integers and those of torch.export are no int, but may stand for one
    if isinstance(steps, bool) or not hasattr(steps, "__index__"):
        raise ValueError(f"time_steps must be an integer, not {steps!r}")
    if steps < 1:
        raise ValueError(f"time_steps must be at least 1, not {steps}")
    return steps


def steps_done(state: dict[str, Tensor] | None, time_steps: int) -> int:
    """The number of the first step of this call; ``state`` counts them."""
    if state is None:
        return 0
    first = int(state.get("t", 0))
    state["t"] = torch.tensor(first + time_steps)
    return first


def call_seed(
    state: dict[str, Tensor] | None, device: torch.device, net: nn.Module | None = None
) -> Tensor:
    """The seed of this call's random numbers, which calls with one ``state`` share.

    With ``net``, which draws in training only, none is drawn where it would not be used.
    """
    if state is not None and "seed" in state:
        return state["seed"]
    if net is not None and not draws(net):
        return torch.zeros((), dtype=torch.long, device=device)
    seed = torch.randint(2**62, (), device=device)
    if state is not None:
        state["seed"] = seed
    return seed


def resumed_state(
    state: dict[str, Tensor] | None, name: str, start: Tensor | float
) -> Tensor | float:
    """Where a state begins: where the last call left it, if it did."""
    return start if state is None else state.get(name, start)


def keep_state(
    state: dict[str, Tensor] | None,
    after: Mapping[str, Tensor | float | list[Tensor]],
) -> None:
    """Leaves what follows the last step in ``state``; a delay as [steps, B, ...]."""
    if state is None:
        return
    for name, value in after.items():
        if isinstance(value, list):
            state[name] = torch.stack(value)
        elif isinstance(value, Tensor):
            state[name] = value[None] if "@" in name else value


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
