"""What a compiled kernel is handed, whatever compiled it."""

import functools
from collections.abc import Sequence

import torch
from torch import Tensor

from .calls import (
    BLOCK,
    Call,
    Launch,
    Memory,
    Operand,
    Tensors,
    laid_out,
    term_operand,
)


class Unavailable(RuntimeError):
    """A backend cannot be had on this machine; the message says why."""


@functools.cache
def io_macro(dtype: torch.dtype) -> str:
    """The macro by which texts know what is stored: IO_FLOAT32."""
    return f"IO_{str(dtype).removeprefix('torch.').upper()}"


def fused_forward(name: str, call: Call, end: bool, launch: Launch) -> list[Tensor]:
    """The output and, if asked for, the states after the last step, by a compiled kernel."""
    x, states = call.sample, call.spec.start
    output = call.over_time(call.dtype)
    ends = [torch.empty_like(x, dtype=call.real) for _ in states if end]
    results = [over_time(call, output), *optional(call, ends)]
    given, _, more = alone(call)
    launch(f"{name}_forward", [*operands(call), *given, *results, *sizes(call), *more])
    return [output, *ends]


def fused_backward(
    name: str,
    call: Call,
    grad: Tensor,
    end_grads: Tensors,
    scratch: int,
    launch: Launch,
) -> list[Tensor]:
    """The gradients of inputs, terms (one an element) and first states, by a compiled kernel."""
    x = call.sample
    g_output = laid_out(grad, (call.size, *x.stride()))
    g_ends = [laid_out(g, x.stride()) for g in end_grads]
    g_inputs = [torch.empty_like(a) for a in call.inputs]
    g_terms = [torch.empty_like(x, dtype=call.real) for _ in call.terms]
    g_starts = [torch.empty_like(x, dtype=call.real) for _ in call.starts]
    kept = torch.empty(scratch, dtype=call.real, device=x.device)
    by_channel, sums, more = alone(call)
    arguments = [
        *operands(call),
        *by_channel,
        over_time(call, g_output),
        *optional(call, g_ends),
        *read(call, g_inputs),
        *once(call, g_terms),
        *optional(call, g_starts),
        (kept, scratch, call.real),
        *sums,
        *sizes(call),
        *more,
    ]
    launch(f"{name}_backward", arguments)
    return [*g_inputs, *g_terms, *g_starts]


def operands(call: Call) -> list[Operand]:
    """What both kernels of a neuron read first."""
    terms = [part for term in call.terms for part in term_operand(term, call.sample)]
    return [*read(call, call.inputs), *terms, *optional(call, call.starts)]


def read(call: Call, tensors: Sequence[Tensor]) -> list[Memory]:
    """What is as large as an input."""
    count = call.size if call.static else call.steps * call.size
    return [(x, count, call.dtype) for x in tensors]


def over_time(call: Call, x: Tensor) -> Memory:
    """What has a number for every element and step."""
    return x, call.steps * call.size, call.dtype


def once(call: Call, tensors: Sequence[Tensor]) -> list[Memory]:
    """What has a number for every element."""
    return [(x, call.size, call.real) for x in tensors]


def optional(call: Call, states: Sequence[Tensor]) -> Sequence[Operand]:
    """The same for every state, or nothing if they are not given."""
    return once(call, states) or (None,) * len(call.spec.start)


def sizes(call: Call) -> list[Operand]:
    """Steps, elements, and how far the next step's input is: 0 if there is one for all."""
    n = call.size
    return [call.steps, n, 0 if call.static else n]


def alone(call: Call) -> tuple[list[None], list[None], list[int]]:
    """What a kernel is handed for layers that could run in it: that there are none."""
    if not call.spec.joined:
        return [], [], []
    chunks = -(-call.size // BLOCK)
    return [None] * 3, [None], [BLOCK, 1, 1, 1, 1, chunks]
