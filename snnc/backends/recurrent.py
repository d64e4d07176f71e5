"""A kernel whose output comes back to its input through a weight, as C: i[t] = x[t] + W y[t-1].

Threads go over blocks of ROWS samples; all steps of a block run while the weight stays in cache.
``feed`` adds the columns of W whose neuron fired, ``spread`` multiplies gradients by W's rows; both
are the run time's own. The way back repeats the products from the outputs, which it is given, then
goes through the adjoint; the gradient of every i[t] is a result, and the host makes W's of it.
"""

from collections.abc import Iterable

from snnc.backends.cpu import arriving, begun, indented, leave, scratch, start, summed
from snnc.backends.steps import backward, forward, head, read
from snnc.kernel.types import Kernel
from snnc.step.grad import seed
from snnc.step.symbol import symbol

_SIZES = ["i64 steps", "i64 n", "i64 stride", "i64 width", "i64 threads"]
_BLOCK = """\
    PARALLEL_FOR
    for (i64 first = 0; first < n; first += ROWS * width) {
        const int m = (int)(n - first < ROWS * width ? n - first : ROWS * width);
"""


def loops(k: Kernel) -> str:
    """The forward and the backward loop of one recurrent kernel."""
    return f"{_forward(k)}\n{_backward(k)}"


def _fed(k: Kernel) -> list[str]:
    return [*read(k), "const real *restrict weight", "const real *restrict fired_first"]


def _forward(k: Kernel) -> str:
    inside = [f"real {scratch(k)};", _step(k), "STORE(output[at + j], out);"]
    inside += ["fired[j] = LOAD(output[at + j]);"]
    lines = [*start(k, "WIDE"), *_first(), *_over_time(inside)]
    lines += [leave(s) for s in k.step.states]
    top = head(f"void {k.name}_recurrent_forward", [*_fed(k), *forward(k), *_SIZES])
    return f"{top}{_BLOCK}{indented(lines)}    }}\n}}\n"


def _backward(k: Kernel) -> str:
    lines = [*start(k, "WIDE"), *_replay(k), *_gradients(k), *_back(k), *_finish(k)]
    given = ["const real *restrict back", "const io *restrict output"]
    parameters = [*_fed(k), *given, *backward(k, ["real *restrict g_fed"]), *_SIZES]
    top = head(f"void {k.name}_recurrent_backward", parameters)
    return f"{top}{_BLOCK}{indented(lines)}    }}\n}}\n"


def _first() -> Iterable[str]:
    """The output before the first step."""
    yield "real fed[WIDE], fired[WIDE];"
    yield "for (int j = 0; j < m; ++j) {"
    yield "    fired[j] = fired_first ? fired_first[first + j] : R(0.0);"
    yield "}"


def _over_time(inside: Iterable[str]) -> Iterable[str]:
    """The statements for every element at every time step, behind the product with the weight."""
    yield "for (i64 t = 0; t < steps; ++t) {"
    yield "    const i64 in = t * stride + first, at = t * n + first;"
    yield "    feed(weight, fired, m, (int)width, fed);"
    yield "    SIMD"
    yield "    for (int j = 0; j < m; ++j) {"
    yield from (f"        {line}" for line in inside)
    yield "    }"
    yield "}"


def _input(k: Kernel) -> str:
    return f"LOAD({symbol(k.inputs[0].name, 'data')}[in + j]) + fed[j]"


def _step(k: Kernel) -> str:
    arguments = [_input(k), *(f"{symbol(p.name)}[j]" for p in k.terms)]
    arguments += [f"&{symbol(s)}[j]" for s in k.step.states]
    arguments += ["&out", *(f"&{symbol(v)}" for v in k.kept_values)]
    return f"{k.name}_step({', '.join(arguments)});"


def _slot(k: Kernel, name: str) -> str:
    kept = (*k.kept_inputs, *k.kept)
    return f"mine[(t * {len(kept)} + {kept.index(name)}) * ROWS * width + j]"


def _replay(k: Kernel) -> Iterable[str]:
    """The steps again, keeping what the way back reads."""
    size = len(k.kept_inputs) + len(k.kept)
    if not size:
        return
    yield f"real *mine = kept + THREAD * steps * {size} * ROWS * width;"
    yield from _first()
    inside = [f"real {scratch(k)};"]
    inside += [f"{_slot(k, x)} = {_input(k)};" for x in k.kept_inputs]
    inside += [f"{_slot(k, s)} = {symbol(s)}[j];" for s in k.kept_states]
    inside += [_step(k), *(f"{_slot(k, v)} = {symbol(v)};" for v in k.kept_values)]
    yield from _over_time([*inside, "fired[j] = LOAD(output[at + j]);"])


def _gradients(k: Kernel) -> Iterable[str]:
    """The gradients that arrive at the last states, and sums that start at zero."""
    names = [symbol(seed(name)) for name in (*k.step.states, *(p.name for p in k.terms))]
    yield f"real {', '.join(f'{name}[WIDE]' for name in (*names, 'more'))};"
    yield "for (int j = 0; j < m; ++j) {"
    for s in k.step.states:
        yield f"    {arriving(s)}"
    for p in k.terms:
        yield f"    {symbol(seed(p.name))}[j] = R(0.0);"
    yield "    more[j] = R(0.0);"
    yield "}"


def _back(k: Kernel) -> Iterable[str]:
    first, *terms = (seed(x.name) for x in (*k.inputs, *k.terms))
    yield "for (i64 t = steps - 1; t >= 0; --t) {"
    yield "    const i64 at = t * n + first;"
    yield "    SIMD"
    yield "    for (int j = 0; j < m; ++j) {"
    yield f"        real {', '.join(symbol(g, 'now') for g in (first, *terms))};"
    yield f"        {_adjoint(k)}"
    for g in terms:
        yield f"        {symbol(g)}[j] += {symbol(g, 'now')};"
    yield f"        g_fed[at + j] = {symbol(first, 'now')};"
    yield "    }"
    yield "    if (t) spread(back, g_fed + at, m, (int)width, more);"
    yield "}"


def _adjoint(k: Kernel) -> str:
    arguments = [_slot(k, name) for name in (*k.kept_inputs, *k.kept)]
    arguments += [f"{symbol(p.name)}[j]" for p in k.terms]
    arguments += ["LOAD(g_output[at + j]) + more[j]"]
    arguments += [f"&{symbol(seed(s))}[j]" for s in k.step.states]
    arguments += [f"&{symbol(seed(x.name), 'now')}" for x in (*k.inputs, *k.terms)]
    return f"{k.name}_adjoint({', '.join(arguments)});"


def _finish(k: Kernel) -> Iterable[str]:
    yield from (begun(s) for s in k.step.states)
    yield from (summed(p.name) for p in k.terms)
