"""Recurrent neurons as loops over tensors: slow, and everywhere."""

from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from ..calls import Call, Tensors
from ..loop import added, first_states, replayed, stepped, stepped_back
from .calls import Feedback


def loop_forward(fed: Feedback, end: bool) -> list[Tensor]:
    """The output and, if asked for, the states after the last step."""
    call, y, states = fed.call, fed.first, first_states(fed.call)
    output = call.over_time(call.dtype)
    for t in range(call.steps):
        output[t], states, _ = stepped(at(fed, t, y), 0, states)
        y = output[t].to(call.real)
    return [output, *(call.once().copy_(state) for state in states if end)]


def loop_backward(
    fed: Feedback, output: Tensor, grad: Tensor, ends: Tensors
) -> list[Tensor]:
    """The gradients of i[t] = x[t] + W y[t-1], of terms and of first states."""
    call = over_time(fed, output)
    zero = torch.zeros_like(call.sample)
    more, states = zero, ends or (zero,) * len(call.spec.start)
    every, terms = call.over_time(call.real), (zero,) * len(call.terms)
    kept = replayed(call)
    for t in reversed(range(call.steps)):
        g, states, g_terms = stepped_back(
            call, t, kept[t], grad[t].to(call.real) + more, states
        )
        every[t], terms, more = g[0], added(terms, g_terms), g[0] @ fed.weight
    rest = (*terms, *(states if call.starts else ()))
    return [every, *(call.once().copy_(g) for g in rest)]


def at(fed: Feedback, t: int, y: Tensor) -> Call:
    """Step t alone, its input with what comes back: y is the output before it."""
    total = fed.call.at(t)[0] + F.linear(y, fed.weight)
    return replace(fed.call, inputs=(total,), steps=1, static=True)


def over_time(fed: Feedback, output: Tensor) -> Call:
    """All steps, their inputs with what came back, computed as the forward did."""
    call, y = fed.call, fed.first
    total = call.over_time(call.real)
    for t in range(call.steps):
        total[t] = at(fed, t, y).inputs[0]
        y = output[t].to(call.real)
    return replace(call, inputs=(total,), static=False)
