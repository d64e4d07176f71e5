"""Neurons as loops over tensors: slow, and everywhere."""

import torch
from torch import Tensor

from .calls import Call, Tensors


def loop_forward(call: Call) -> tuple[Tensor, Tensors]:
    """The output at every step and the states after the last, by a loop over tensors."""
    spec, states = call.spec, first_states(call)
    output = call.over_time(call.inputs[0].dtype)
    for t in range(call.steps):
        results = spec.step(*call.at(t), *call.terms, *states)
        output[t] = results[0]
        states = results[1 : 1 + len(states)]
    return output, states


def first_states(call: Call) -> Tensors:
    """The states before the first step."""
    x = call.sample
    return call.starts or tuple(
        torch.full_like(x, v, dtype=call.real) for v in call.spec.start
    )


def loop_backward(call: Call, grad: Tensor, end_grads: Tensors) -> list[Tensor]:
    """The gradients of inputs, terms (one an element) and first states."""
    spec, count = call.spec, len(call.inputs)
    kept = replayed(call)
    zero = torch.zeros_like(call.sample, dtype=call.real)
    state_grads = end_grads or tuple(zero for _ in spec.start)
    sums = [zero] * (count + len(call.terms))
    every = [call.over_time(call.inputs[0].dtype) for _ in call.inputs]
    for t in reversed(range(call.steps)):
        inputs = [call.at(t)[i] for i in spec.kept_inputs]
        g_output = grad[t].to(call.real)
        results = spec.adjoint(*inputs, *kept[t], *call.terms, g_output, *state_grads)
        state_grads = results[count : count + len(spec.start)]
        now = [*results[:count], *results[count + len(spec.start) :]]
        sums = [total + g for total, g in zip(sums, now, strict=True)]
        for x, g in zip(every, now, strict=False):
            x[t] = g
    inputs = (
        [total.to(call.inputs[0].dtype) for total in sums[:count]]
        if call.static
        else every
    )
    return [*inputs, *sums[count:], *(state_grads if call.starts else ())]


def replayed(call: Call) -> list[Tensors]:
    """What the adjoint reads of every step, from running the steps again."""
    spec, states, kept = call.spec, first_states(call), []
    for t in range(call.steps):
        before = tuple(states[i] for i in spec.kept_states)
        results = spec.step(*call.at(t), *call.terms, *states)
        states = results[1 : 1 + len(states)]
        kept.append((*before, *results[1 + len(states) :]))
    return kept
