"""A kernel as CUDA: PACK neighbours a thread, time inside the thread, nothing shared.

Time goes by in blocks of K steps, REST being the steps of a shorter last one. K, REST, PACK and
STATIC are macros, so that all loads of a block stand before the first use, none of them behind a
branch, and what the backward pass keeps stays in registers. Backwards, the states at the start of
each block but the first are kept in memory.

A kernel that layers are joined to leaves where its elements are to the run time: ``take`` and
``put`` move what a thread has, which are the elements of one window where there are windows;
``give`` and ``share`` are its pooling and the way back, NORMED its normalisation.
"""

from collections.abc import Iterable

from snnc.backends.joined import around, element, given_out, hooked, put, take
from snnc.backends.steps import head, read, signature, whole
from snnc.kernel.types import Kernel
from snnc.step.grad import seed
from snnc.step.symbol import symbol

_PREFIX = 'extern "C" __global__ '
_BLOCK = "template <int L> STEP void "
_THREAD = """\
    const i64 i = (blockIdx.x * (i64)blockDim.x + threadIdx.x) * PACK;
    if (i >= n) return;
"""
_UNROLLED = "#pragma unroll"


def loops(k: Kernel) -> str:
    """The blocks of both directions, and the forward and the backward kernel."""
    return f"{_run(k)}\n{_back(k)}\n{_forward(k)}\n{_backward(k)}"


def _run(k: Kernel) -> str:
    """L steps forwards; without an output they only move the states on."""
    lines = [*_loads(k), _UNROLLED, "for (int t = 0; t < L; ++t) {"]
    lines += ["    pack to;", "    EACH {", f"        real {_scratch(k)};"]
    lines += [f"        {_step(k)}", "        STORE(to.a[j], out);", "    }"]
    lines += [f"    if (output) {given_out(k)}", "}"]
    parameters = [*_inputs(k), "io *restrict output", *_carried(k), *around(k), "i64 n"]
    return f"{head(f'{_BLOCK}{k.name}_run', parameters)}{_indented(lines)}}}\n"


def _back(k: Kernel) -> str:
    """L steps forwards again, and back."""
    lines = [*_loads(k), "pack g_output_now[L];", _UNROLLED]
    arrived = (
        "arrived(g_output + t * at.n_out)" if k.joined else "*(const pack *)(g_output + t * n)"
    )
    lines += [f"for (int t = 0; t < L; ++t) g_output_now[t] = {arrived};"]
    lines += [*_replay(k), _UNROLLED, "for (int t = L - 1; t >= 0; --t) {"]
    grads = [seed(x.name) for x in (*k.inputs, *k.terms)]
    own = grads[: len(k.inputs)]
    lines += [f"    pack {', '.join(symbol(g, 'to') for g in own)};", "    EACH {"]
    lines += [f"        real {', '.join(symbol(g, 'now') for g in grads)};"]
    lines += [f"        {_adjoint(k)}"]
    lines += [f"        {symbol(g, 'sum')}.a[j] += {symbol(g, 'now')};" for g in grads]
    lines += [f"        STORE({symbol(g, 'to')}.a[j], {symbol(g, 'now')});" for g in own]
    for x in k.inputs:
        value = f"LOAD({symbol(x.name, 'now')}[t].a[j])"
        lines += hooked(k, f"        NORM_ADD({symbol(seed(x.name), 'now')}, {value})")
    lines += ["    }"]
    for g in own:
        store = put(k, f"{symbol(g, 'data')} + t * n", "pack", symbol(g, "to"))
        lines += [f"    if (!STATIC) {store}"]
    lines += ["}"]
    parameters = [*_inputs(k), "const io *restrict g_output", *whole(k), *_carried(k)]
    parameters += [*(f"reals &{name}" for name in _gradients(k)), *around(k), "i64 n"]
    return f"{head(f'{_BLOCK}{k.name}_back', parameters)}{_indented(lines)}}}\n"


def _inputs(k: Kernel) -> list[str]:
    return read(k)[: len(k.inputs)]


def _carried(k: Kernel) -> list[str]:
    """Terms and states as parameters of a block."""
    found = [f"const reals &{symbol(p.name)}" for p in k.terms]
    return found + [f"reals &{symbol(s)}" for s in k.step.states]


def _given(k: Kernel) -> list[str]:
    """Terms and states as a block is handed them."""
    return [symbol(name) for name in (*(p.name for p in k.terms), *k.step.states)]


def _gradients(k: Kernel) -> list[str]:
    """Gradients of states, and sums of those of inputs and terms."""
    states = [symbol(seed(s)) for s in k.step.states]
    return states + [symbol(seed(x.name), "sum") for x in (*k.inputs, *k.terms)]


def _loads(k: Kernel) -> Iterable[str]:
    """All inputs of a block."""
    for x in k.inputs:
        now, data = symbol(x.name, "now"), symbol(x.name, "data")
        yield f"pack {now}[L];"
        yield _UNROLLED
        yield f"for (int t = 0; t < L; ++t) {now}[t] = {take(k, f'{data} + t * STRIDE', 'pack')};"


def _scratch(k: Kernel) -> str:
    return ", ".join(["out", *map(symbol, k.kept_values)])


def _input(k: Kernel, x: str) -> str:
    value = f"LOAD({symbol(x, 'now')}[t].a[j])"
    return f"NORMED({value})" if k.joined else value


def _step(k: Kernel) -> str:
    arguments = [_input(k, x.name) for x in k.inputs]
    arguments += [f"{symbol(p.name)}.a[j]" for p in k.terms]
    arguments += [f"&{symbol(s)}.a[j]" for s in k.step.states]
    arguments += ["&out", *(f"&{symbol(v)}" for v in k.kept_values)]
    return f"{k.name}_step({', '.join(arguments)});"


def _replay(k: Kernel) -> Iterable[str]:
    """The block's steps again; their values stay in registers."""
    if not k.kept and not k.joined:
        return
    kept = [symbol(name, "kept") for name in k.kept]
    if kept:
        yield f"real {', '.join(f'{name}[L][PACK]' for name in kept)};"
    yield _UNROLLED
    yield f"for (int t = 0; t < L; ++t){' {' * k.joined}"
    yield from hooked(k, "    pack to;")
    yield "    EACH {"
    yield f"        real {_scratch(k)};"
    for s in k.kept_states:
        yield f"        {symbol(s, 'kept')}[t][j] = {symbol(s)}.a[j];"
    yield f"        {_step(k)}"
    for v in k.kept_values:
        yield f"        {symbol(v, 'kept')}[t][j] = {symbol(v)};"
    yield from hooked(k, "        STORE(to.a[j], out);")
    yield "    }"
    yield from hooked(k, "    share(g_output_now[t], to);", "}")


def _adjoint(k: Kernel) -> str:
    arguments = [_input(k, x) for x in k.kept_inputs]
    arguments += [f"{symbol(name, 'kept')}[t][j]" for name in k.kept]
    arguments += [f"{symbol(p.name)}.a[j]" for p in k.terms]
    arguments += ["LOAD(g_output_now[t].a[j])"]
    arguments += [f"&{symbol(seed(s))}.a[j]" for s in k.step.states]
    arguments += [f"&{symbol(seed(x.name), 'now')}" for x in (*k.inputs, *k.terms)]
    return f"{k.name}_adjoint({', '.join(arguments)});"


def _forward(k: Kernel) -> str:
    to = "to" if k.joined else "at"
    given = ", ".join(f"{symbol(x.name, 'data')} + in" for x in k.inputs)
    given += ", ".join([f", output + {to}", *_given(k), *hooked(k, "norm", "at"), "n"])
    step, first = ("at.n_out", "at.in, to = at.to") if k.joined else ("n", "i, at = i")
    lines = [*hooked(k, "NORM_BEGIN"), *_start(k), f"i64 in = {first};", "#pragma unroll 1"]
    steps = f"++block, in += K * STRIDE, {to} += K * {step}"
    lines += [f"for (i64 block = 0; block < steps / K; {steps})"]
    lines += [f"    {k.name}_run<K>({given});"]
    lines += ["#if REST", f"{k.name}_run<REST>({given});", "#endif"]
    for s in k.step.states:
        end = symbol(s, "end")
        lines += [f"if ({end}) {put(k, element(k, end), 'reals', symbol(s))}"]
    return _kernel(k, False, lines)


def _kernel(k: Kernel, back: bool, lines: Iterable[str]) -> str:
    """A kernel, made where its own macro is defined."""
    name = f"{k.name}_{'backward' if back else 'forward'}"
    top = signature(_PREFIX, k, back)
    if not k.joined:
        return f"#ifdef MAKE_{name}\n{top}{_THREAD}{_indented(lines)}}}\n#endif\n"
    end = "    NORM_TOTAL\n" if back else ""
    each = "    NORM_SUMS\n    PLACES {\n" if back else "    PLACE {\n"
    body = f"{each}{_indented(lines, 8)}    }}\n{end}"
    return f"#ifdef MAKE_{name}\n{top}{body}}}\n#endif\n"


def _start(k: Kernel) -> Iterable[str]:
    """Terms, and states before the first step."""
    for p in k.terms:
        data, size = symbol(p.name, "data"), symbol(p.name, "size")
        yield f"reals {symbol(p.name)};"
        yield f"if ({size} == 1) EACH {symbol(p.name)}.a[j] = {data}[0];"
        place = "ELEMENT" if k.joined else "(i + j)"
        at = f"{place} / {symbol(p.name, 'stride')} % {size}"
        yield f"else EACH {symbol(p.name)}.a[j] = {data}[{at}];"
    for s in k.step.states:
        yield f"reals {symbol(s)};"
        yield from _first(k, s)


def _first(k: Kernel, state: str) -> Iterable[str]:
    start = symbol(state, "start")
    yield f"if ({start}) {symbol(state)} = {take(k, element(k, start), 'reals')};"
    yield f"else EACH {symbol(state)}.a[j] = R({k.start[state]!r});"


def _backward(k: Kernel) -> str:
    lines = [*hooked(k, "NORM_BEGIN"), *_start(k), "const i64 blocks = steps / K + (REST > 0);"]
    lines += _marks(k)
    for g in map(seed, k.step.states):
        end = symbol(g, "end")
        lines += [f"reals {symbol(g)};", f"EACH {symbol(g)}.a[j] = R(0.0);"]
        lines += [f"if ({end}) {symbol(g)} = {take(k, element(k, end), 'reals')};"]
    for g in (symbol(seed(x.name), "sum") for x in (*k.inputs, *k.terms)):
        lines += [f"reals {g};", f"EACH {g}.a[j] = R(0.0);"]
    place = "const i64 in = block * K * STRIDE + i, at = block * K * n + i;"
    if k.joined:
        place = "const i64 in = block * K * STRIDE + at.in, to = block * K * at.n_out + at.to;"
    lines += ["i64 block = blocks - 1;"]
    lines += ["#if REST", "if (block >= 0) {", f"    {place}"]
    lines += [f"    {line}" for line in (*_restart(k), _called(k, "REST"), "--block;")]
    lines += ["}", "#endif", "#pragma unroll 1", "for (; block >= 0; --block) {", f"    {place}"]
    lines += [f"    {line}" for line in (*_restart(k), _called(k, "K"))]
    lines += ["}", *_finish(k), *hooked(k, "NORM_PART")]
    return _kernel(k, True, lines)


def _called(k: Kernel, size: str) -> str:
    """The call of a block on the way back."""
    arguments = [f"{symbol(x.name, 'data')} + in" for x in k.inputs]
    arguments += ["g_output + to" if k.joined else "g_output + at"]
    over = "block * K * n + at.in" if k.joined else "at"
    arguments += [f"{symbol(seed(x.name), 'data')} + {over}" for x in k.inputs]
    arguments += [*_given(k), *_gradients(k), *hooked(k, "norm", "at"), "n"]
    return f"{k.name}_back<{size}>({', '.join(arguments)});"


def _marks(k: Kernel) -> Iterable[str]:
    """The states at the start of each block but the first."""
    if not k.step.states:
        return
    arguments = [f"{symbol(x.name, 'data')} + in" for x in k.inputs]
    arguments += ["(io *)0", *_given(k), *hooked(k, "norm", "at"), "n"]
    yield "#pragma unroll 1"
    first = f"block = 0, in = {'at.in' if k.joined else 'i'}"
    yield f"for (i64 {first}; block < blocks - 1; ++block, in += K * STRIDE) {{"
    yield f"    {k.name}_run<K>({', '.join(arguments)});"
    for s in k.step.states:
        yield f"    *(reals *)({_mark(k, 'block', s)}) = {symbol(s)};"
    yield "}"


def _mark(k: Kernel, block: str, state: str) -> str:
    """The place of a state after a block."""
    count, at = len(k.step.states), k.step.states.index(state)
    row = block if count == 1 else f"({block} * {count} + {at})"
    return f"kept + {row} * at.n_own + at.own" if k.joined else f"kept + {row} * n + i"


def _restart(k: Kernel) -> Iterable[str]:
    """The states at the start of this block."""
    if not k.step.states:
        return
    yield "if (block) {"
    for s in k.step.states:
        yield f"    {symbol(s)} = *(const reals *)({_mark(k, '(block - 1)', s)});"
    yield "} else {"
    for s in k.step.states:
        yield from (f"    {line}" for line in _first(k, s))
    yield "}"


def _finish(k: Kernel) -> Iterable[str]:
    for g in map(seed, k.step.states):
        start = symbol(g, "start")
        yield f"if ({start}) {put(k, element(k, start), 'reals', symbol(g))}"
    for g in (seed(x.name) for x in k.inputs):
        yield "if (STATIC) {"
        yield "    pack to;"
        yield f"    EACH STORE(to.a[j], {symbol(g, 'sum')}.a[j]);"
        yield f"    {put(k, element(k, symbol(g, 'data')), 'pack', 'to')}"
        yield "}"
    for g in (seed(p.name) for p in k.terms):
        yield put(k, element(k, symbol(g, "data")), "reals", symbol(g, "sum"))


def _indented(lines: Iterable[str], by: int = 4) -> str:
    return "".join(line if line.startswith("#") else f"{' ' * by}{line}" for line in _ended(lines))


def _ended(lines: Iterable[str]) -> Iterable[str]:
    return (f"{line}\n" for line in lines)
