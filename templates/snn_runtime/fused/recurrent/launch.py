"""What the compiled kernels of recurrent neurons are handed."""

import torch
import torch.nn.functional as F
from torch import Tensor

from ..calls import Call, Launch, Operand, Tensors, laid_out
from ..cpu import BLOCK, count_threads, launching
from ..launch import operands, sizes
from .calls import Feedback
from .prelude import LANES_BYTES, ROWS


def recurrent_launcher(text: str, call: Call) -> tuple[Launch, int]:
    """Calls a kernel of the compiled C text; and the scratch numbers of its way back."""
    batch, width = call.sample.shape
    threads = count_threads(-(-batch // ROWS) * BLOCK, call.steps)
    kept = len(call.spec.kept_inputs) + len(call.spec.kept_states)
    scratch = threads * call.steps * ROWS * width * (kept + call.spec.kept_values)
    return launching(text, call.dtype, threads), scratch


def fused_forward(fed: Feedback, end: bool, launch: Launch) -> list[Tensor]:
    """The output and, if asked for, the states after the last step."""
    call = fed.call
    output = call.over_time(call.dtype)
    ends = [call.once() if end else None for _ in call.spec.start]
    arguments = [*before(fed), output, *ends, *sizes(call), fed.weight.shape[0]]
    launch(f"{call.name}_recurrent_forward", arguments)
    return [output, *(state for state in ends if state is not None)]


def fused_backward(
    fed: Feedback,
    output: Tensor,
    grad: Tensor,
    ends: Tensors,
    scratch: int,
    launch: Launch,
) -> list[Tensor]:
    """The gradients of i[t] = x[t] + W y[t-1], of terms and of first states."""
    call, stride = fed.call, fed.call.sample.stride()
    over_time = (call.sample.numel(), *stride)
    grads = [grad.to(call.dtype), *ends]
    g_results = [laid_out(g, over_time if g.dim() == 3 else stride) for g in grads]
    g_none = [None] * (len(call.spec.start) - len(ends))
    results = [call.over_time(call.real)]
    results += [call.once() for _ in (*call.terms, *call.starts)]
    none = [None] * (len(call.spec.start) - len(call.starts))
    kept = torch.empty(scratch, dtype=call.real)
    given = [packed(fed.weight), laid_out(output, over_time), *g_results, *g_none]
    size = [*sizes(call), fed.weight.shape[0]]
    arguments = [*before(fed), *given, *results, *none, kept, *size]
    launch(f"{call.name}_recurrent_backward", arguments)
    return results


def before(fed: Feedback) -> list[Operand]:
    """What both kernels of a recurrent neuron read first."""
    return [*operands(fed.call), packed(fed.weight.t()), *(fed.last or [None])]


def packed(weight: Tensor) -> Tensor:
    """The weight in strips of a few columns, filled up with zeros, each row by row."""
    lanes = LANES_BYTES // weight.element_size()
    whole = F.pad(weight, (0, -weight.shape[1] % lanes))
    return whole.reshape(len(weight), -1, lanes).transpose(0, 1).contiguous()
