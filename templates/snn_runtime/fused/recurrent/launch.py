"""What the compiled kernels of recurrent neurons are handed."""

import torch
import torch.nn.functional as F
from torch import Tensor

from ..calls import Call, Launch, Memory, Operand, Tensors, laid_out
from ..cpu import count_threads, launching
from ..launch import once, operands, optional, over_time, sizes
from .calls import Feedback
from .prelude import LANES_BYTES, ROWS


def recurrent_launcher(text: str, call: Call) -> tuple[Launch, int]:
    """Calls a kernel of the compiled C text; and the scratch numbers of its way back."""
    batch, width = call.sample.shape
    lanes = LANES_BYTES // call.real.itemsize
    updates = call.size * call.steps * (1 + width // lanes)  # and a sum over W y[t-1]
    threads = count_threads(-(-batch // ROWS), updates)
    kept = len(call.spec.kept_inputs) + len(call.spec.kept_states)
    scratch = threads * call.steps * ROWS * width * (kept + call.spec.kept_values)
    return launching(text, call.dtype, threads), scratch


def fused_forward(fed: Feedback, end: bool, launch: Launch) -> list[Tensor]:
    """The output and, if asked for, the states after the last step."""
    call = fed.call
    output = call.over_time(call.dtype)
    ends = [call.once() for _ in call.spec.start if end]
    results = [over_time(call, output), *optional(call, ends)]
    arguments = [*before(fed), *results, *sizes(call), len(fed.weight)]
    launch(f"{call.name}_recurrent_forward", arguments)
    return [output, *ends]


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
    timed = [laid_out(x, (call.size, *stride)) for x in (output, grad)]
    g_ends = [laid_out(g, stride) for g in ends]
    every = call.over_time(call.real)
    g_terms = [call.once() for _ in call.terms]
    g_starts = [call.once() for _ in call.starts]
    kept = torch.empty(scratch, dtype=call.real)
    arguments = [
        *before(fed),
        packed(fed.weight),
        *(over_time(call, x) for x in timed),
        *optional(call, g_ends),
        (every, call.steps * call.size, call.real),
        *once(call, g_terms),
        *optional(call, g_starts),
        (kept, scratch, call.real),
        *sizes(call),
        len(fed.weight),
    ]
    launch(f"{call.name}_recurrent_backward", arguments)
    return [every, *g_terms, *g_starts]


def before(fed: Feedback) -> list[Operand]:
    """What both kernels of a recurrent neuron read first."""
    last = once(fed.call, fed.last) or (None,)
    return [*operands(fed.call), packed(fed.weight.t()), *last]


def packed(weight: Tensor) -> Memory:
    """The weight in strips of a few columns, filled up with zeros, each row by row."""
    width, lanes = len(weight), LANES_BYTES // weight.element_size()
    more = -width % lanes
    whole = F.pad(weight, (0, more)).reshape(width, -1, lanes)
    dense = whole.transpose(0, 1).contiguous()
    return dense, width * (width + more), weight.dtype
