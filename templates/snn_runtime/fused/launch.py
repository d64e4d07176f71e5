"""What a compiled kernel is handed, whatever compiled it."""

import functools

import torch
from torch import Tensor

from .calls import Call, Launch, Operand, Tensors, laid_out, term_operand


class Unavailable(RuntimeError):
    """A backend cannot be had on this machine; the message says why."""


@functools.cache
def io_macro(dtype: torch.dtype) -> str:
    """The macro by which texts know what is stored: IO_FLOAT32."""
    return f"IO_{str(dtype).removeprefix('torch.').upper()}"


def fused_forward(name: str, call: Call, end: bool, launch: Launch) -> list[Tensor]:
    """The output and, if asked for, the states after the last step, by a compiled kernel."""
    x = call.sample
    output = call.over_time(call.inputs[0].dtype)
    ends = [
        torch.empty_like(x, dtype=call.real) if end else None for _ in call.spec.start
    ]
    launch(f"{name}_forward", [*operands(call), output, *ends, *sizes(call)])
    return [output, *(state for state in ends if state is not None)]


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
    g_output = laid_out(grad.to(call.inputs[0].dtype), (x.numel(), *x.stride()))
    g_ends = [laid_out(g, x.stride()) for g in end_grads]
    g_none = [None] * (len(call.spec.start) - len(g_ends))
    g_inputs = [torch.empty_like(a) for a in call.inputs]
    g_terms = [torch.empty_like(x, dtype=call.real) for _ in call.terms]
    g_starts = [torch.empty_like(x, dtype=call.real) for _ in call.starts]
    kept = torch.empty(scratch, dtype=call.real, device=x.device)
    none = [None] * (len(call.spec.start) - len(g_starts))
    results = [*g_inputs, *g_terms, *g_starts, *none]
    arguments = [
        *operands(call),
        g_output,
        *g_ends,
        *g_none,
        *results,
        kept,
        *sizes(call),
    ]
    launch(f"{name}_backward", arguments)
    return [*g_inputs, *g_terms, *g_starts]


def operands(call: Call) -> list[Operand]:
    """What both kernels of a neuron read first."""
    terms = [part for term in call.terms for part in term_operand(term, call.sample)]
    starts = call.starts or (None,) * len(call.spec.start)
    return [*call.inputs, *terms, *starts]


def sizes(call: Call) -> list[Operand]:
    """Steps, elements, and how far the next step's input is: 0 if there is one for all."""
    n = call.sample.numel()
    return [call.steps, n, 0 if call.static else n]
