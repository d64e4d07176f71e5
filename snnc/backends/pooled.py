"""A neuron with what stands around it in one kernel, as C: full-size values are never stored.

Before it may stand a batch normalisation, as one product and one sum; behind it pooling over
windows. It takes images whose channels lie innermost. All steps of a part run while the states of
its elements stay in cache. The way back repeats the steps, as every kernel's does, and with them
what pooling chose.
"""

from collections.abc import Iterable

from snnc.backends.cpu import scratch
from snnc.backends.form import Form, over
from snnc.backends.steps import head, read, small, whole
from snnc.kernel.types import Kernel
from snnc.step.grad import seed
from snnc.step.symbol import symbol
from snnc.window import Window

_PARTS = """\
    const i64 parts = {count};
    PARALLEL_FOR
    for (i64 i = 0; i < parts; ++i) {{
        const part at = {at};
{lines}    }}
"""
_CHUNKS = """\
    const i64 parts = {count};
    PARALLEL_FOR
    for (i64 chunk = 0; chunk < chunks; ++chunk) {{
        const i64 chunk_stop = (chunk + 1) * parts / chunks;
        for (i64 i = chunk * parts / chunks; i < chunk_stop; ++i) {{
            const part at = {at};
{lines}        }}
    }}
    add_up(sums, chunks, 2 * channels);
"""


def loops(k: Kernel, window: Window | None, normed: bool = False) -> str:
    """The forward and the backward loop of one kernel over parts."""
    f = Form(k, window, normed)
    back = ["const io *restrict g_output", *whole(k), *small(k)]
    back += ["real *restrict kept", *["double *restrict sums"] * normed]
    forward = _function(f, "forward", ["io *restrict output"], _forward(f), _PARTS)
    backward = _function(f, "backward", back, _backward(f), _CHUNKS if normed else _PARTS)
    return f"{forward}\n{backward}"


def _function(f: Form, end: str, own: list[str], lines: Iterable[str], frame: str) -> str:
    by_channel = ["scale", "shift", *["center"] * (end == "backward")] if f.normed else []
    given = [*read(f.kernel), *(f"const real *restrict {name}" for name in by_channel)]
    last = [*f.sizes, *["i64 chunks"] * (frame is _CHUNKS), "i64 threads"]
    top = head(f"void {f.name}_{end}", [*given, *own, *last])
    count, at = f.parts
    pad = " " * (12 if frame is _CHUNKS else 8)
    body = "".join(f"{pad}{line}\n" for line in lines)
    return f"{top}{frame.format(count=count, at=at, lines=body)}}}\n"


def _forward(f: Form) -> Iterable[str]:
    yield from _start(f)
    if not f.window:
        lines = [f"real {scratch(f.kernel)};", *f.cells([_step(f)])]
        stored = "out"
    else:
        least = "-INFINITY" if f.largest else "0"
        join = "pooled = STORED(out) > pooled ? STORED(out) : pooled;"
        join = join if f.largest else "pooled += STORED(out);"
        lines = [f"real pooled = R({least}), {scratch(f.kernel)};", *f.cells([_step(f), join])]
        stored = f"pooled{f.share}"
    store = f"STORE(output[t * at.n_out + at.to + j], {stored});"
    yield from over("i64 t = 0; t < steps; ++t", [*lines, store])


def _start(f: Form) -> Iterable[str]:
    """States and terms of the part, in arrays."""
    k = f.kernel
    names = [symbol(name) for name in (*k.step.states, *(p.name for p in k.terms))]
    lines = [_first(f, s) for s in k.step.states]
    if names:
        yield f.arrays(names)
        yield from f.once(lines) if lines else ()
    for p in k.terms:
        yield from f.term(p.name)


def _first(f: Form, state: str) -> str:
    start = symbol(state, "start")
    return f"{f.of(symbol(state))} = {start} ? {start}[in] : R({f.kernel.start[state]!r});"


def _step(f: Form) -> str:
    k = f.kernel
    arguments = [f.load(x.name) for x in k.inputs]
    arguments += [f.of(symbol(p.name)) for p in k.terms]
    arguments += [f"&{f.of(symbol(s))}" for s in k.step.states]
    arguments += ["&out", *(f"&{symbol(v)}" for v in k.kept_values)]
    return f"{k.name}_step({', '.join(arguments)});"


def _size(f: Form) -> int:
    """The number of values that a window and time step keep for the backward pass."""
    return f.size * len(f.kernel.kept) + f.largest


def _backward(f: Form) -> Iterable[str]:
    k = f.kernel
    yield from _start(f)
    if _size(f):
        yield f"real *mine = kept + THREAD * steps * BLOCK * {_size(f)};"
        yield from _replay(f)
    sums = [x.name for x in (*k.inputs, *k.terms)]
    names = [symbol(seed(name)) for name in (*k.step.states, *sums)]
    yield f.arrays(names)
    yield from f.once([f"{f.of(name)} = R(0.0);" for name in names])
    if f.normed:
        yield "real shifts[BLOCK], scales[BLOCK];"
        yield "for (int j = 0; j < at.m; ++j) shifts[j] = scales[j] = R(0.0);"
    yield from _back(f)
    yield from f.once(_finish(f))
    if f.normed:
        yield from _total()


def _slot(f: Form, name: str) -> str:
    kept, at = len(f.kernel.kept), str(_size(f) - 1)
    if name:
        place = f.kernel.kept.index(name)
        first = "cell" if kept == 1 else f"cell * {kept}"
        at = (f"{first} + {place}" if place else first) if f.window else str(place)
    return f"mine[(t * {_size(f)} + {at}) * BLOCK + j]"


def _replay(f: Form) -> Iterable[str]:
    """The steps again, keeping what the way back reads and which element was the largest."""
    k, steps = f.kernel, "i64 t = 0; t < steps; ++t"
    lines = [f"{_slot(f, s)} = {f.of(symbol(s))};" for s in k.kept_states]
    lines += [_step(f), *(f"{_slot(f, v)} = {symbol(v)};" for v in k.kept_values)]
    if not f.largest:
        yield from over(steps, [f"real {scratch(k)};", *f.cells(lines)])
        return
    # of equals the first is the largest, as in PyTorch
    lines += ["chosen = STORED(out) > pooled ? (real)cell : chosen;"]
    lines += ["pooled = STORED(out) > pooled ? STORED(out) : pooled;"]
    yield from over(steps, [
        f"real pooled = R(-INFINITY), chosen = R(0), {scratch(k)};",
        *f.cells(lines),
        f"{_slot(f, '')} = chosen;",
    ])  # fmt: skip


def _back(f: Form) -> Iterable[str]:
    k = f.kernel
    grads = [seed(x.name) for x in (*k.inputs, *k.terms)]
    lines = [f"real {', '.join(symbol(g, 'now') for g in grads)};", *_adjoint(f)]
    lines += [f"{f.of(symbol(g))} += {symbol(g, 'now')};" for g in grads]
    for g in grads[: len(k.inputs)]:
        store = f"STORE({symbol(g, 'data')}[t * stride + in], {symbol(g, 'now')})"
        lines += [f"if (stride) {store};"]
    first, last = list[str](), list[str]()
    if f.window:
        first += [f"const real g_pooled = LOAD(g_output[t * at.n_out + at.to + j]){f.share};"]
    if f.largest:
        first += [f"const real chosen = {_slot(f, '')};"]
    if f.normed:
        first += ["real shifted = R(0.0), scaled = R(0.0);"]
        lines += _sums(k.inputs[0].name)
        last += ["shifts[j] += shifted;", "scales[j] += scaled;"]
    yield from over("i64 t = steps - 1; t >= 0; --t", [*first, *f.cells(lines), *last])


def _sums(x: str) -> list[str]:
    """The amounts by which the gradients of scale and shift grow."""
    away = f"(LOAD({symbol(x, 'data')}[t * stride + in]) - center[at.channel + j])"
    now = symbol(seed(x), "now")
    return [f"shifted += {now};", f"scaled += {now} * {away};"]


def _total() -> Iterable[str]:
    """The sums of a part, added to those of its chunk: always in the same order."""
    yield "double *total = sums + chunk * 2 * channels + at.channel;"
    yield "for (int j = 0; j < at.m; ++j) {"
    yield "    total[j] += shifts[j];"
    yield "    total[channels + j] += scales[j];"
    yield "}"


def _adjoint(f: Form) -> list[str]:
    k = f.kernel
    arguments = [f.load(x) for x in k.kept_inputs]
    arguments += [_slot(f, name) for name in k.kept]
    arguments += [f.of(symbol(p.name)) for p in k.terms]
    arguments += [_grad(f)]
    arguments += [f"&{f.of(symbol(seed(s)))}" for s in k.step.states]
    arguments += [f"&{symbol(seed(x.name), 'now')}" for x in (*k.inputs, *k.terms)]
    return [f"{k.name}_adjoint(", *(f"    {x}," for x in arguments[:-1]), f"    {arguments[-1]});"]


def _grad(f: Form) -> str:
    """The gradient of the neuron's output."""
    if f.largest:
        return "chosen == (real)cell ? g_pooled : R(0.0)"
    return "STORED(g_pooled)" if f.window else "LOAD(g_output[t * at.n_out + at.to + j])"


def _finish(f: Form) -> list[str]:
    k, lines = f.kernel, list[str]()
    for g in map(seed, k.step.states):
        start = symbol(g, "start")
        lines += [f"if ({start}) {start}[in] = {f.of(symbol(g))};"]
    for g in (seed(x.name) for x in k.inputs):
        lines += [f"if (!stride) STORE({symbol(g, 'data')}[in], {f.of(symbol(g))});"]
    grads = (seed(p.name) for p in k.terms)
    return lines + [f"{symbol(g, 'data')}[in] = {f.of(symbol(g))};" for g in grads]
