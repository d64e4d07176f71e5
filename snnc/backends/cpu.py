"""A kernel as C: threads over blocks of elements, time inside a block, SIMD over its elements.

The backward pass goes over a block twice: forwards, keeping what the adjoint reads, then back. A
static input is read at stride 0 and its gradient summed in the block.

A kernel that layers are joined to names them by macros, which the run time defines: NORMED before
the step, GIVE and SHARE behind it. The same text, compiled with other macros, is each of its forms.
"""

from collections.abc import Iterable

from snnc.backends.joined import chunked, hooked, kept_size
from snnc.backends.steps import signature
from snnc.kernel.types import Kernel
from snnc.step.grad import seed
from snnc.step.symbol import symbol

_PLACE = "const i64 in = t * stride + first, at = t * n + first;"
_BLOCK = """\
    PARALLEL_FOR
    for (i64 first = 0; first < n; first += BLOCK) {
        const int m = n - first < BLOCK ? (int)(n - first) : BLOCK;
"""


def loops(k: Kernel) -> str:
    """The forward and the backward loop of one kernel."""
    return f"{_forward(k)}\n{_backward(k)}"


def _forward(k: Kernel) -> str:
    own = ["const i64 in = t * stride + first;"] if k.joined else [_PLACE]
    out = "OUTPUT[j]" if k.joined else "output[at + j]"
    lines = [*start(k), *hooked(k, "NORM_BEGIN", "FIRED"), "for (i64 t = 0; t < steps; ++t) {"]
    lines += [f"    {own[0]}", "    SIMD", "    for (int j = 0; j < m; ++j) {"]
    lines += [f"        real {scratch(k)};", f"        {_step(k)}", f"        STORE({out}, out);"]
    lines += ["    }", *hooked(k, "    GIVE"), "}", *map(leave, k.step.states)]
    return _function(k, False, lines)


def _backward(k: Kernel) -> str:
    lines, size = [*start(k), *hooked(k, "NORM_BEGIN", "NORM_SUMS", "GIVEN")], kept_size(k)
    if size:
        lines += [f"real *mine = kept + THREAD * steps * BLOCK * {size};"]
    lines += [*_replay(k), *_gradients(k), *_back(k), *_finish(k), *hooked(k, "NORM_TOTAL")]
    return _function(k, True, lines)


def _function(k: Kernel, back: bool, lines: Iterable[str]) -> str:
    head = signature("", k, back, ["i64 threads"])
    body = chunked(indented(lines, 12), back) if k.joined else f"{_BLOCK}{indented(lines)}    }}\n"
    return f"{head}{body}}}\n"


def start(k: Kernel, room: str = "BLOCK") -> Iterable[str]:
    """States and terms of the block, in arrays of that size."""
    names = [*k.step.states, *(p.name for p in k.terms)]
    if not names:
        return
    yield f"real {', '.join(f'{symbol(name)}[{room}]' for name in names)};"
    if k.step.states:
        yield "for (int j = 0; j < m; ++j) {"
        for s in k.step.states:
            given = symbol(s, "start")
            yield f"    {symbol(s)}[j] = {given} ? {given}[first + j] : R({k.start[s]!r});"
        yield "}"
    for p in k.terms:
        yield f"fill_terms({symbol(p.name)}, {term(p.name)}, first, m);"


def term(name: str) -> str:
    """A term as it is handed to a loop: the numbers, how many, and how far each reaches."""
    return ", ".join([symbol(name, "data"), symbol(name, "size"), symbol(name, "stride")])


def leave(state: str) -> str:
    """The statement that leaves a state as it is after the last step."""
    end = symbol(state, "end")
    return f"for (int j = 0; {end} && j < m; ++j) {end}[first + j] = {symbol(state)}[j];"


def scratch(k: Kernel) -> str:
    """The places where a step leaves its results."""
    return ", ".join(["out", *map(symbol, k.kept_values)])


def _input(k: Kernel, x: str) -> str:
    """An input at one element and step, normalised if it is."""
    value = f"LOAD({symbol(x, 'data')}[in + j])"
    return f"NORMED({value})" if k.joined else value


def _step(k: Kernel) -> str:
    arguments = [_input(k, x.name) for x in k.inputs]
    arguments += [f"{symbol(p.name)}[j]" for p in k.terms]
    arguments += [f"&{symbol(s)}[j]" for s in k.step.states]
    arguments += ["&out", *(f"&{symbol(v)}" for v in k.kept_values)]
    return f"{k.name}_step({', '.join(arguments)});"


def _slot(k: Kernel, name: str) -> str:
    at = k.kept.index(name)
    return f"mine[(t * {kept_size(k)} + {at}) * BLOCK + j]"


def _replay(k: Kernel) -> Iterable[str]:
    """The steps again, keeping what the way back reads."""
    if not kept_size(k):
        return
    yield "for (i64 t = 0; t < steps; ++t) {"
    yield "    const i64 in = t * stride + first;"
    yield "    SIMD"
    yield "    for (int j = 0; j < m; ++j) {"
    yield f"        real {scratch(k)};"
    for s in k.kept_states:
        yield f"        {_slot(k, s)} = {symbol(s)}[j];"
    yield f"        {_step(k)}"
    for v in k.kept_values:
        yield f"        {_slot(k, v)} = {symbol(v)};"
    yield from hooked(k, f"        KEEP(mine[(t * {kept_size(k)} + {len(k.kept)}) * BLOCK + j]);")
    yield "    }"
    yield "}"


def _gradients(k: Kernel) -> Iterable[str]:
    """The gradients that arrive at the last states, and sums that start at zero."""
    names = [seed(name) for name in (*k.step.states, *(x.name for x in (*k.inputs, *k.terms)))]
    yield f"real {', '.join(f'{symbol(g)}[BLOCK]' for g in names)};"
    yield "for (int j = 0; j < m; ++j) {"
    for s in k.step.states:
        yield f"    {arriving(s)}"
    for x in (*k.inputs, *k.terms):
        yield f"    {symbol(seed(x.name))}[j] = R(0.0);"
    yield "}"


def arriving(state: str) -> str:
    """The statement that takes what arrives at a state after the last step."""
    end = symbol(seed(state), "end")
    return f"{symbol(seed(state))}[j] = {end} ? {end}[first + j] : R(0.0);"


def _back(k: Kernel) -> Iterable[str]:
    grads = [seed(x.name) for x in (*k.inputs, *k.terms)]
    yield "for (i64 t = steps - 1; t >= 0; --t) {"
    yield "    const i64 in = t * stride + first;" if k.joined else f"    {_PLACE}"
    yield from hooked(k, f"    SHARE(mine + (t * {kept_size(k)} + {len(k.kept)}) * BLOCK)")
    yield "    SIMD"
    yield "    for (int j = 0; j < m; ++j) {"
    yield f"        real {', '.join(symbol(g, 'now') for g in grads)};"
    yield f"        {_adjoint(k)}"
    for g in grads:
        yield f"        {symbol(g)}[j] += {symbol(g, 'now')};"
    for x in k.inputs:
        now, data = symbol(seed(x.name), "now"), symbol(x.name, "data")
        yield from hooked(k, f"        NORM_ADD({now}, LOAD({data}[in + j]))")
    for g in grads[: len(k.inputs)]:
        store = f"STORE({symbol(g, 'data')}[in + j], {symbol(g, 'now')})"
        yield f"        if (stride) {store};"
    yield "    }"
    yield "}"


def _adjoint(k: Kernel) -> str:
    arguments = [_input(k, x) for x in k.kept_inputs]
    arguments += [_slot(k, name) for name in k.kept]
    arguments += [f"{symbol(p.name)}[j]" for p in k.terms]
    arguments += ["GRADIENT" if k.joined else "LOAD(g_output[at + j])"]
    arguments += [f"&{symbol(seed(s))}[j]" for s in k.step.states]
    arguments += [f"&{symbol(seed(x.name), 'now')}" for x in (*k.inputs, *k.terms)]
    return f"{k.name}_adjoint({', '.join(arguments)});"


def _finish(k: Kernel) -> Iterable[str]:
    for s in k.step.states:
        yield begun(s)
    for x in k.inputs:
        g = seed(x.name)
        store = f"STORE({symbol(g, 'data')}[first + j], {symbol(g)}[j])"
        yield f"for (int j = 0; !stride && j < m; ++j) {store};"
    for p in k.terms:
        yield summed(p.name)


def begun(state: str) -> str:
    """The statement that hands on the gradient of a first state."""
    g, start = symbol(seed(state)), symbol(seed(state), "start")
    return f"for (int j = 0; {start} && j < m; ++j) {start}[first + j] = {g}[j];"


def summed(term: str) -> str:
    """The statement that hands on the gradient of a term, one an element."""
    g, data = symbol(seed(term)), symbol(seed(term), "data")
    return f"for (int j = 0; j < m; ++j) {data}[first + j] = {g}[j];"


def indented(lines: Iterable[str], by: int = 8) -> str:
    """Lines inside a loop inside a function."""
    return "".join(f"{' ' * by}{line}\n" for line in lines)
