"""What the compiled kernels of chains are handed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ..calls import BLOCK, Operand
from ..cpu import count_threads, launching
from ..recurrent.prelude import LANES_BYTES
from ..recurrent.prelude import ROWS as ROWS_FED
from .calls import Draw, Feedback, Neurons, Passed, Product

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
    widths += [stage.width for stage in stages if isinstance(stage, Feedback)]
    products = [s.shapes[0] for s in stages if isinstance(s, Product | Feedback)]
    cells = [s for s in stages if isinstance(s, Neurons | Feedback)]
    each = 2 * call.steps * sum(widths)  # values and their gradients
    spikes = call.steps * drawn  # a list of all that may fire
    rows = max(1, min(ROWS, CACHED // (each + spikes // 8), -(-call.batch // CHUNKS)))
    chunks = min(CHUNKS, -(-call.batch // rows))
    kept = max((kept_of(call, c) for c in cells), default=0)
    counts = [rows * each, 2 * kept * call.steps, rows * max(widths) * len(call.terms)]
    counts += [rows * (spikes + 2 * call.steps), 3 * drawn + 5 * BLOCK + 4 * drawn]
    room = 2 * lanes  # that every array may have more
    share = sum(counts) + room * (2 * len(widths) + 6 + len(call.terms))
    packed = sum((i + 2 * lanes) * (o + 2 * lanes) for o, i in products) * 2
    packed += sum(o + lanes for o, _ in products) + room * (5 * len(products) + 1)
    size = sum((i + 1) * (o + lanes) for o, i in products)
    size += len(call.terms) * (max(widths) + lanes)
    macs = sum(i * o for o, i in products) // lanes
    updates = call.batch * call.steps * (sum(widths) + drawn // 4 + macs)
    threads = count_threads(chunks, updates)
    return Sizes(rows, chunks, size, share, packed, threads)


def kept_of(call: Passed, cells: Neurons | Feedback) -> int:
    """The numbers that the way back of neurons keeps at a time step."""
    spec = call.specs[cells.kernel]
    each = len(spec.kept_states) + spec.kept_values
    if isinstance(cells, Neurons):
        return each * BLOCK
    return (each + len(spec.kept_inputs)) * ROWS_FED * cells.width


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
    for stage, weights, terms in call.parts():
        found += [
            torch.empty_like(w, memory_format=torch.contiguous_format) for w in weights
        ]
        found += [call.x.new_empty(stage.width) for _ in terms]
    room = call.x.new_empty(s.packed + s.threads * s.share + s.chunks * s.size)
    results = [whole(x) if back else None, *map(whole, found), whole(room)]
    arguments = [*operands(call), whole(grad.contiguous()), *results, *counts(call, s)]
    launching(text, call.x.dtype, s.threads)(f"whole_{call.name}_backward", arguments)
    return [x, *found]


def readable(call: Passed) -> Passed:
    """The call with an input that its strides do not lead out of: copied if need be."""
    x = call.x
    last = sum((n - 1) * stride for n, stride in zip(x.shape, x.stride()))
    held = x.untyped_storage().nbytes() // x.element_size() - x.storage_offset()
    if call.chain.static or last >= x.numel() or held < x.numel():
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
    for stage, weights, terms in call.parts():
        yield from (whole(weight.contiguous()) for weight in weights)
        for x in terms:
            one = x.reshape(1) if x.numel() == 1 else x.expand(stage.width)
            yield from (whole(one.contiguous()), one.numel(), 1)


def whole(x: Tensor) -> Operand:
    """A dense tensor, all of it."""
    return x, x.numel(), x.dtype
