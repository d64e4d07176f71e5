"""A kernel as C: threads over blocks of elements, time inside a block, SIMD over its elements.

The backward pass goes over a block twice: forwards, keeping what the adjoint reads, then back. A
static input is read at stride 0 and its gradient summed in the block.
"""

from collections.abc import Iterable

from snnc.backends.steps import signature
from snnc.kernel.types import Kernel

_BLOCK = """\
    PARALLEL_FOR
    for (i64 first = 0; first < n; first += BLOCK) {
        const int m = n - first < BLOCK ? (int)(n - first) : BLOCK;
"""


def loops(k: Kernel) -> str:
    """The forward and the backward loop of one kernel."""
    return f"{_forward(k)}\n{_backward(k)}"


def _forward(k: Kernel) -> str:
    lines = [*start(k), "for (i64 t = 0; t < steps; ++t) {"]
    lines += ["    const i64 in = t * stride + first, at = t * n + first;", "    SIMD"]
    lines += ["    for (int j = 0; j < m; ++j) {", f"        real {scratch(k)};"]
    lines += [f"        {_step(k)}", "        STORE(output[at + j], out);", "    }", "}"]
    for s in k.step.states:
        lines += [f"for (int j = 0; {s}_end && j < m; ++j) {s}_end[first + j] = {s}[j];"]
    head = signature("", k, False, ["i64 threads"])
    return f"{head}{_BLOCK}{indented(lines)}    }}\n}}\n"


def _backward(k: Kernel) -> str:
    lines = [*start(k)]
    size = len(k.kept)
    if size:
        lines += [f"real *mine = kept + THREAD * steps * BLOCK * {size};"]
    lines += [*_replay(k), *_gradients(k), *_back(k), *_finish(k)]
    head = signature("", k, True, ["i64 threads"])
    return f"{head}{_BLOCK}{indented(lines)}    }}\n}}\n"


def start(k: Kernel, room: str = "BLOCK") -> Iterable[str]:
    """States and terms of the block, in arrays of that size."""
    names = [*k.step.states, *(f"{p.name}_" for p in k.terms)]
    if not names:
        return
    yield f"real {', '.join(f'{name}[{room}]' for name in names)};"
    if k.step.states:
        yield "for (int j = 0; j < m; ++j) {"
        for s in k.step.states:
            yield f"    {s}[j] = {s}_start ? {s}_start[first + j] : R({k.start[s]!r});"
        yield "}"
    for p in k.terms:
        yield f"fill_terms({p.name}_, {p.name}, {p.name}_size, {p.name}_stride, first, m);"


def scratch(k: Kernel) -> str:
    """The arrays that take the results of a step."""
    return ", ".join(["out", *k.kept_values])


def _step(k: Kernel) -> str:
    arguments = [f"LOAD({x.name}[in + j])" for x in k.inputs]
    arguments += [f"{p.name}_[j]" for p in k.terms] + [f"&{s}[j]" for s in k.step.states]
    arguments += ["&out", *(f"&{v}" for v in k.kept_values)]
    return f"{k.name}_step({', '.join(arguments)});"


def _slot(k: Kernel, name: str) -> str:
    at = k.kept.index(name)
    return f"mine[(t * {len(k.kept)} + {at}) * BLOCK + j]"


def _replay(k: Kernel) -> Iterable[str]:
    """The steps again, keeping what the way back reads."""
    if not k.kept:
        return
    yield "for (i64 t = 0; t < steps; ++t) {"
    yield "    const i64 in = t * stride + first;"
    yield "    SIMD"
    yield "    for (int j = 0; j < m; ++j) {"
    yield f"        real {scratch(k)};"
    for s in k.kept_states:
        yield f"        {_slot(k, s)} = {s}[j];"
    yield f"        {_step(k)}"
    for v in k.kept_values:
        yield f"        {_slot(k, v)} = {v};"
    yield "    }"
    yield "}"


def _gradients(k: Kernel) -> Iterable[str]:
    """The gradients of the last states, and sums that start at zero."""
    names = [*k.step.states, *(x.name for x in (*k.inputs, *k.terms))]
    yield f"real {', '.join(f'g_{name}_[BLOCK]' for name in names)};"
    yield "for (int j = 0; j < m; ++j) {"
    for s in k.step.states:
        yield f"    g_{s}_[j] = g_{s}_end ? g_{s}_end[first + j] : R(0.0);"
    for x in (*k.inputs, *k.terms):
        yield f"    g_{x.name}_[j] = R(0.0);"
    yield "}"


def _back(k: Kernel) -> Iterable[str]:
    summed = [x.name for x in (*k.inputs, *k.terms)]
    yield "for (i64 t = steps - 1; t >= 0; --t) {"
    yield "    const i64 in = t * stride + first, at = t * n + first;"
    yield "    SIMD"
    yield "    for (int j = 0; j < m; ++j) {"
    yield f"        real {', '.join(f'g_{name}_now' for name in summed)};"
    yield f"        {_adjoint(k)}"
    for name in summed:
        yield f"        g_{name}_[j] += g_{name}_now;"
    for x in k.inputs:
        yield f"        if (stride) STORE(g_{x.name}[in + j], g_{x.name}_now);"
    yield "    }"
    yield "}"


def _adjoint(k: Kernel) -> str:
    arguments = [f"LOAD({x}[in + j])" for x in k.kept_inputs]
    arguments += [_slot(k, name) for name in k.kept] + [f"{p.name}_[j]" for p in k.terms]
    arguments += ["LOAD(g_output[at + j])", *(f"&g_{s}_[j]" for s in k.step.states)]
    arguments += [f"&g_{x.name}_now" for x in (*k.inputs, *k.terms)]
    return f"{k.name}_adjoint({', '.join(arguments)});"


def _finish(k: Kernel) -> Iterable[str]:
    for s in k.step.states:
        yield f"for (int j = 0; g_{s}_start && j < m; ++j) g_{s}_start[first + j] = g_{s}_[j];"
    for x in k.inputs:
        store = f"STORE(g_{x.name}[first + j], g_{x.name}_[j])"
        yield f"for (int j = 0; !stride && j < m; ++j) {store};"
    for p in k.terms:
        yield f"for (int j = 0; j < m; ++j) g_{p.name}[first + j] = g_{p.name}_[j];"


def indented(lines: Iterable[str]) -> str:
    """Lines inside a loop inside a function."""
    return "".join(f"        {line}\n" for line in lines)
