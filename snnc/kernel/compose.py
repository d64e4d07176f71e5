"""One step out of two: an element-wise operator in front of another, and a value fed back.

Both only rename and concatenate assignments, so gradients and every printer follow by themselves.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from snnc.step.ssa import Assign, Step, Var, names, replaced, unused

LAST = "last"
"""The state that holds the output one step earlier, unless the step has that name already."""


def in_front(step: Step, port: str, front: Step) -> tuple[Step, dict[str, str]]:
    """``step`` with its input ``port`` computed by ``front``; and what front's names became.

    The inputs of ``front`` stand where ``port`` stood; its first takes that name if it may.

    Raises:
        ValueError: ``front`` has a state, or ``step`` no such input.
    """
    if front.states or port not in step.inputs:
        raise ValueError(f"only what has no state can stand in front of an input, not of {port!r}")
    free = used(step) - {port}
    new = renamed(front, free)
    body = tuple(_renamed(a, new) for a in front.body)
    at = step.inputs.index(port)
    inputs = (*step.inputs[:at], *(new[x] for x in front.inputs), *step.inputs[at + 1 :])
    value = Var(new[front.output])
    whole = replace(
        step,
        inputs=inputs,
        parameters=(*step.parameters, *(new[p] for p in front.parameters)),
        body=(*body, *(replace(a, value=replaced(a.value, {port: value})) for a in step.body)),
        output=value.name if step.output == port else step.output,
        next={s: value.name if after == port else after for s, after in step.next.items()},
    )
    return whole, new


def fed_back(step: Step, port: str, delay: int = 1) -> Step:
    """``step`` with its own output, ``delay`` steps ago, as its input ``port``: 0 before that.

    The outputs of the last ``delay`` steps become states, the newest first. Raises ValueError.
    """
    if delay < 1 or port not in step.inputs:
        raise ValueError(f"nothing can be fed back to {port!r} after {delay} steps")
    taken = used(step)
    states = [unused(LAST, taken) for _ in range(delay)]
    after = [unused(LAST, taken, "_") for _ in range(delay)]
    moved = [*zip(after, [step.output, *states], states, strict=False)]
    oldest = {port: Var(states[-1])}
    return replace(
        step,
        inputs=tuple(x for x in step.inputs if x != port),
        states=(*step.states, *states),
        body=(
            *(replace(a, value=replaced(a.value, oldest)) for a in step.body),
            *(Assign(new, Var(value), state) for new, value, state in reversed(moved)),
        ),
        next={**step.next, **dict(zip(states, after, strict=True))},
    )


def renamed(step: Step, free: Iterable[str]) -> dict[str, str]:
    """Every name of ``step``, its inputs first, as one that is in none of the names ``free``."""
    taken = set(free)
    own = (*step.inputs, *step.parameters, *(a.name for a in step.body))
    return {name: unused(name, taken) for name in own}


def used(step: Step) -> set[str]:
    """Every name that occurs in a step."""
    own = {*step.inputs, *step.states, *step.parameters, *(a.name for a in step.body)}
    return own | {n for a in step.body for n in names(a.value)}


def _renamed(assign: Assign, new: Mapping[str, str]) -> Assign:
    value = replaced(assign.value, {name: Var(to) for name, to in new.items()})
    return Assign(new[assign.name], value, new.get(assign.source, assign.source))
