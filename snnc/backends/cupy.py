"""A kernel as CUDA: one thread an element, time inside the thread, nothing shared.

The backward pass recomputes in segments of K steps, K known at compile time so that what it keeps
stays in registers; the states at the start of each segment but the first are kept in memory. One
path serves every T. Indices run along with time instead of being computed anew at each step, and
the last segment is left by ``break``: both keep registers few.
"""

from collections.abc import Iterable

from snnc.backends.steps import signature
from snnc.kernel.types import Kernel
from snnc.step.grad import seed
from snnc.step.symbol import symbol

_PREFIX = 'extern "C" __global__ '
_THREAD = """\
    const i64 i = blockIdx.x * (i64)blockDim.x + threadIdx.x;
    if (i >= n) return;
"""


def loops(k: Kernel) -> str:
    """The forward and the backward kernel."""
    return f"{_forward(k)}\n{_backward(k)}"


def _forward(k: Kernel) -> str:
    lines = [*_terms(k), *_start(k)]
    lines += ["for (i64 t = 0; t < steps; ++t) {", f"    real {_scratch(k)};"]
    lines += [f"    {_step(k, 't * stride + i')}", "    STORE(output[t * n + i], out);", "}"]
    for s in k.step.states:
        end = symbol(s, "end")
        lines += [f"if ({end}) {end}[i] = {symbol(s)};"]
    return f"{signature(_PREFIX, k, False)}{_THREAD}{_indented(lines)}}}\n"


def _backward(k: Kernel) -> str:
    size = k.segment
    lines = [*_terms(k), *_start(k)]
    lines += [f"const i64 segments = (steps + {size - 1}) / {size};", *_marks(k)]
    for g in map(seed, k.step.states):
        end = symbol(g, "end")
        lines += [f"real {symbol(g)} = {end} ? {end}[i] : R(0.0);"]
    lines += [f"real {symbol(seed(x.name), 'sum')} = R(0.0);" for x in (*k.inputs, *k.terms)]
    lines += ["for (i64 segment = segments - 1; segment >= 0; --segment) {"]
    lines += [f"    const i64 begin = segment * {size};"]
    lines += [f"    const int m = steps - begin < {size} ? (int)(steps - begin) : {size};"]
    lines += [f"    {line}" for line in (*_restart(k), *_replay(k), *_back(k))]
    lines += ["}", *_finish(k)]
    return f"{signature(_PREFIX, k, True)}{_THREAD}{_indented(lines)}}}\n"


def _terms(k: Kernel) -> Iterable[str]:
    for p in k.terms:
        yield f"const real {symbol(p.name)} = {symbol(p.name, 'data')}[{_place(p.name)}];"


def _place(term: str) -> str:
    """The number of an element; where there is one for all, nothing has to be divided."""
    size = symbol(term, "size")
    return f"{size} == 1 ? 0 : i / {symbol(term, 'stride')} % {size}"


def _start(k: Kernel) -> Iterable[str]:
    for s in k.step.states:
        yield f"real {symbol(s)} = {_first(k, s)};"


def _first(k: Kernel, state: str) -> str:
    start = symbol(state, "start")
    return f"{start} ? {start}[i] : R({k.start[state]!r})"


def _scratch(k: Kernel) -> str:
    return ", ".join(["out", *map(symbol, k.kept_values)])


def _step(k: Kernel, at: str) -> str:
    arguments = [f"LOAD({symbol(x.name, 'data')}[{at}])" for x in k.inputs]
    arguments += [symbol(p.name) for p in k.terms]
    arguments += [f"&{symbol(s)}" for s in k.step.states]
    arguments += ["&out", *(f"&{symbol(v)}" for v in k.kept_values)]
    return f"{k.name}_step({', '.join(arguments)});"


def _marks(k: Kernel) -> Iterable[str]:
    """The states at the start of each segment but the first."""
    if not k.step.states:
        return
    yield "for (i64 segment = 0, in = i; segment < segments - 1; ++segment) {"
    yield f"    for (int step = 0; step < {k.segment}; ++step, in += stride) {{"
    yield f"        real {_scratch(k)};"
    yield f"        {_step(k, 'in')}"
    yield "    }"
    for s in k.step.states:
        yield f"    {_mark(k, 'segment', s)} = {symbol(s)};"
    yield "}"


def _mark(k: Kernel, segment: str, state: str) -> str:
    """The place of a state after a segment."""
    count, at = len(k.step.states), k.step.states.index(state)
    row = segment if count == 1 else f"({segment} * {count} + {at})"
    return f"kept[{row} * n + i]"


def _restart(k: Kernel) -> Iterable[str]:
    """The states at the start of this segment."""
    for s in k.step.states:
        yield f"{symbol(s)} = segment ? {_mark(k, '(segment - 1)', s)} : {_first(k, s)};"


def _replay(k: Kernel) -> Iterable[str]:
    """The segment's steps again; their values stay in registers."""
    if not k.kept:
        return
    kept = (symbol(name, "kept") for name in k.kept)
    yield f"real {', '.join(f'{name}[{k.segment}]' for name in kept)};"
    yield "i64 in = begin * stride + i;"
    yield "#pragma unroll"
    yield f"for (int step = 0; step < {k.segment}; ++step, in += stride) {{"
    yield "    if (step == m) break;"
    yield f"    real {_scratch(k)};"
    for s in k.kept_states:
        yield f"    {symbol(s, 'kept')}[step] = {symbol(s)};"
    yield f"    {_step(k, 'in')}"
    for v in k.kept_values:
        yield f"    {symbol(v, 'kept')}[step] = {symbol(v)};"
    yield "}"


def _back(k: Kernel) -> Iterable[str]:
    grads = [seed(x.name) for x in (*k.inputs, *k.terms)]
    yield "i64 at = (begin + m) * n + i;"
    if k.kept_inputs:
        yield f"{'' if k.kept else 'i64 '}in = (begin + m) * stride + i;"
    yield "#pragma unroll"
    yield f"for (int step = {k.segment - 1}; step >= 0; --step) {{"
    yield "    if (step >= m) continue;"
    yield "    at -= n;"
    if k.kept_inputs:
        yield "    in -= stride;"
    yield f"    real {', '.join(symbol(g, 'now') for g in grads)};"
    yield f"    {_adjoint(k)}"
    for g in grads:
        yield f"    {symbol(g, 'sum')} += {symbol(g, 'now')};"
    for g in grads[: len(k.inputs)]:
        yield f"    if (stride) STORE({symbol(g, 'data')}[at], {symbol(g, 'now')});"
    yield "}"


def _adjoint(k: Kernel) -> str:
    arguments = [f"LOAD({symbol(x, 'data')}[in])" for x in k.kept_inputs]
    arguments += [f"{symbol(name, 'kept')}[step]" for name in k.kept]
    arguments += [symbol(p.name) for p in k.terms]
    arguments += ["LOAD(g_output[at])", *(f"&{symbol(seed(s))}" for s in k.step.states)]
    arguments += [f"&{symbol(seed(x.name), 'now')}" for x in (*k.inputs, *k.terms)]
    return f"{k.name}_adjoint({', '.join(arguments)});"


def _finish(k: Kernel) -> Iterable[str]:
    for g in map(seed, k.step.states):
        yield f"if ({symbol(g, 'start')}) {symbol(g, 'start')}[i] = {symbol(g)};"
    for g in (seed(x.name) for x in k.inputs):
        yield f"if (!stride) STORE({symbol(g, 'data')}[i], {symbol(g, 'sum')});"
    for g in (seed(p.name) for p in k.terms):
        yield f"{symbol(g, 'data')}[i] = {symbol(g, 'sum')};"


def _indented(lines: Iterable[str]) -> str:
    return "".join(f"    {line}\n" for line in lines)
