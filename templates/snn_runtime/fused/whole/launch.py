"""What the compiled kernels of chains are handed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ..calls import Operand
from ..cpu import BLOCK, count_threads, launching
from ..recurrent.prelude import LANES_BYTES
from .calls import Draw, Neurons, Passed, Product

CHUNKS = 8  # sums of the gradients of weights, whatever the number of threads
ROWS = 8  # samples of a block at most
CACHED = 2**16  # numbers of a block, about: they stay in the cache of a core


@dataclass(frozen=True)
class Sizes:
    """How a call is cut into chunks of blocks of rows, and the numbers that its kernels need."""

    rows: int
    chunks: int
    size: int  # of a chunk's sums
    share: int  # of a thread
    packed: int  # of weights, as products read them
    threads: int


def sizes(call: Passed) -> Sizes:
    """Those of a call: the same for any number of threads."""
    lanes, stages = LANES_BYTES // call.x.element_size(), call.chain.stages
    drawn = call.chain.reads if call.chain.draws else 0
    widths = [*([] if drawn else [call.chain.reads])]
    widths += [stage.width for stage in stages if not isinstance(stage, Draw)]
    products = [stage for stage in stages if isinstance(stage, Product)]
    specs = [call.specs[s.kernel] for s in stages if isinstance(s, Neurons)]
    each = 2 * call.steps * sum(widths)  # values and their gradients
    spikes = call.steps * drawn  # a list of all that may fire
    rows = max(1, min(ROWS, CACHED // (each + spikes // 8), -(-call.batch // CHUNKS)))
    chunks = min(CHUNKS, -(-call.batch // rows))
    kept = max((len(s.kept_states) + s.kept_values for s in specs), default=0)
    counts = [rows * each, kept * BLOCK * call.steps, rows * max(widths) * len(call.terms)]
    counts += [rows * (spikes + 2 * call.steps), 3 * drawn + 5 * BLOCK + 4 * drawn]
    room = 2 * lanes  # that every array may have more
    share = sum(counts) + room * (2 * len(widths) + 6 + len(call.terms))
    packed = sum((p.reads + lanes) * (p.width + lanes) for p in products) * 2
    packed += sum(p.width + lanes for p in products) + room * (3 * len(products) + 1)
    size = sum((p.reads + p.bias) * (p.width + lanes) for p in products)
    size += len(call.terms) * (max(widths) + lanes)
    macs = sum(p.reads * p.width for p in products) // lanes
    updates = call.batch * call.steps * (sum(widths) + drawn // 4 + macs)
    threads = count_threads(chunks, updates)
    return Sizes(rows, chunks, size, share, packed, threads)


def launched(text: str, call: Passed) -> Tensor:
    """The readout [B, N], by a compiled kernel."""
    call = readable(call)
    s, width = sizes(call), call.chain.stages[-1].width
    output = call.x.new_empty(call.batch, width)
    room = call.x.new_empty(s.packed + s.threads * s.share)
    arguments = [*operands(call), whole(output), whole(room), *counts(call, s)]
    launching(text, call.x.dtype, s.threads)(f"whole_{call.name}_forward", arguments)
    return output


def launched_back(text: str, call: Passed, grad: Tensor, back: bool) -> list[Tensor]:
    """The gradients of the input, if it is wanted, of weights and of terms, one a neuron."""
    call = readable(call)
    s, x = sizes(call), torch.empty_like(call.x, memory_format=torch.contiguous_format)
    x = x if back else x.new_empty(0)
    found = []
    for stage, own in call.parts():
        shapes = stage.shapes if isinstance(stage, Product) else [(stage.width,)] * len(own)
        found += [call.x.new_empty(shape) for shape in shapes]
    room = call.x.new_empty(s.packed + s.threads * s.share + s.chunks * s.size)
    results = [whole(x) if back else None, *map(whole, found), whole(room)]
    arguments = [*operands(call), whole(grad.contiguous()), *results, *counts(call, s)]
    launching(text, call.x.dtype, s.threads)(f"whole_{call.name}_backward", arguments)
    return [x, *found]


def readable(call: Passed) -> Passed:
    """The call with an input that its strides do not lead out of: copied if need be."""
    x = call.x
    last = sum((n - 1) * stride for n, stride in zip(x.shape, x.stride()))
    if call.chain.static or last >= x.numel():
        return replace(call, x=x.contiguous())
    return call


def counts(call: Passed, s: Sizes) -> list[Operand]:
    """The last arguments of both kernels."""
    how: list[Operand] = [] if call.chain.static else [*call.x.stride()]
    how = [call.key, call.first] if call.chain.draws else how
    return [*how, call.steps, call.batch, s.rows, s.chunks, s.size, s.share]


def operands(call: Passed) -> Iterator[Operand]:
    """The first arguments of both kernels."""
    yield whole(call.x)
    for stage, own in call.parts():
        for x in own:
            if isinstance(stage, Product):
                yield whole(x.contiguous())
            else:
                one = x.reshape(1) if x.numel() == 1 else x.expand(stage.width)
                yield from (whole(one.contiguous()), one.numel(), 1)


def whole(x: Tensor) -> Operand:
    """A dense tensor, all of it."""
    return x, x.numel(), x.dtype
