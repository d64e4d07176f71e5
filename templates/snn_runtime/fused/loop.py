"""Neurons as loops over tensors: slow, and everywhere."""

from collections.abc import Iterable

import torch
from torch import Tensor

from .calls import Call, Tensors


def loop_forward(call: Call, end: bool) -> list[Tensor]:
    """The output and, if asked for, the states after the last step."""
    states, output = first_states(call), call.over_time(call.dtype)
    for t in range(call.steps):
        output[t], states, _ = stepped(call, t, states)
    return [output, *(call.once().copy_(state) for state in states if end)]


def loop_backward(call: Call, grad: Tensor, end_grads: Tensors) -> list[Tensor]:
    """The gradients of inputs, terms (one an element) and first states."""
    zero = torch.zeros_like(call.sample, dtype=call.real)
    kept, states = replayed(call), end_grads or (zero,) * len(call.spec.start)
    inputs, terms = (zero,) * len(call.inputs), (zero,) * len(call.terms)
    every = [] if call.static else [call.over_time(call.dtype) for _ in call.inputs]
    for t in reversed(range(call.steps)):
        g_inputs, states, g_terms = stepped_back(call, t, kept[t], grad[t], states)
        inputs, terms = added(inputs, g_inputs), added(terms, g_terms)
        for x, g in zip(every, g_inputs, strict=False):
            x[t] = g
    summed = [torch.empty_like(call.sample).copy_(g) for g in inputs if call.static]
    rest = (*terms, *(states if call.starts else ()))
    return [*every, *summed, *(call.once().copy_(g) for g in rest)]


def first_states(call: Call) -> Tensors:
    """The states before the first step."""
    x = call.sample
    return call.starts or tuple(
        torch.full_like(x, v, dtype=call.real) for v in call.spec.start
    )


def stepped(call: Call, t: int, states: Tensors) -> tuple[Tensor, Tensors, Tensors]:
    """What step t gives: the output, the states after it, and the values kept."""
    results = call.spec.step(*call.at(t), *call.terms, *states)
    last = 1 + len(states)
    return results[0], results[1:last], results[last:]


def stepped_back(
    call: Call, t: int, kept: Tensors, grad: Tensor, state_grads: Tensors
) -> tuple[Tensors, Tensors, Tensors]:
    """What step t passes back: the gradients of its inputs, of states and of terms."""
    spec, every = call.spec, call.at(t)
    reads = (*(every[i] for i in spec.kept_inputs), *kept, *call.terms)
    results = spec.adjoint(*reads, grad.to(call.real), *state_grads)
    first, last = spec.inputs, spec.inputs + len(spec.start)
    return results[:first], results[first:last], results[last:]


def replayed(call: Call) -> list[Tensors]:
    """What the adjoint reads of every step, from running the steps again."""
    states, kept = first_states(call), []
    for t in range(call.steps):
        before = tuple(states[i] for i in call.spec.kept_states)
        _, states, values = stepped(call, t, states)
        kept.append((*before, *values))
    return kept


def added(sums: Iterable[Tensor], more: Iterable[Tensor]) -> Tensors:
    """Each sum with one more."""
    return tuple(total + g for total, g in zip(sums, more, strict=True))
