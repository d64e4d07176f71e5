"""A neuron and the pooling of its output in one kernel, as C: full-size spikes are never stored.

It takes images whose channels lie innermost. A part is the channels of one place of the pooled
image, or a block of them; all steps of a part run while the states of its windows stay in cache.
``part_at``, which is the run time's own, says where a part is; ``cell`` goes over the elements of
a window. The way back repeats the steps, as every kernel's does, and with them what pooling chose.
"""

import re
from collections.abc import Iterable, Sequence

from snnc.backends.cpu import indented, scratch
from snnc.backends.steps import head, read
from snnc.kernel.types import Kernel
from snnc.window import Window

_SIZES = ["i64 steps", "i64 n", "i64 stride", "i64 height", "i64 width", "i64 channels"]
_PARTS = """\
    const i64 parts = count_parts(n, height, width, channels, {down}, {across});
    PARALLEL_FOR
    for (i64 i = 0; i < parts; ++i) {{
        const part at = part_at(i, n, height, width, channels, {down}, {across});
"""


def loops(k: Kernel, window: Window) -> str:
    """The forward and the backward loop of one kernel over windows."""
    back = ["const io *restrict g_output", *(f"io *restrict g_{x.name}" for x in k.inputs)]
    back += [f"real *restrict g_{p.name}" for p in k.terms]
    back += [f"real *restrict g_{s}_start" for s in k.step.states]
    back += ["real *restrict kept"]
    forward = _function(k, window, "forward", ["io *restrict output"], _forward(k, window))
    return f"{forward}\n{_function(k, window, 'backward', back, _backward(k, window))}"


def _function(k: Kernel, w: Window, end: str, own: list[str], lines: Iterable[str]) -> str:
    top = head(f"void {k.name}_{w.text}_{end}", [*read(k), *own, *_SIZES, "i64 threads"])
    parts = _PARTS.format(down=w.height, across=w.width)
    return f"{top}{parts}{indented(lines)}    }}\n}}\n"


def _forward(k: Kernel, w: Window) -> Iterable[str]:
    yield from _start(k, w)
    whole = "0" if w.how == "avg" else "-INFINITY"
    join = (
        "pooled += STORED(out);"
        if w.how == "avg"
        else "pooled = STORED(out) > pooled ? STORED(out) : pooled;"
    )
    yield from _over("i64 t = 0; t < steps; ++t", [
        f"real pooled = R({whole}), {scratch(k)};",
        *_cells(w, [_step(k), join]),
        f"STORE(output[t * at.n_out + at.to + j], pooled{_share(w)});",
    ])  # fmt: skip


def _share(w: Window) -> str:
    return f" / R({w.size}.0)" if w.how == "avg" else ""


def _over(steps: str, lines: Iterable[str]) -> Iterable[str]:
    """What is done for every window at every step."""
    yield f"for ({steps}) {{"
    yield "    SIMD"
    yield "    for (int j = 0; j < at.m; ++j) {"
    yield from (f"        {line}" for line in lines)
    yield "    }"
    yield "}"


def _cells(w: Window, lines: Iterable[str]) -> Iterable[str]:
    """What is done for every element of a window."""
    yield "EACH"
    yield f"for (int cell = 0; cell < {w.size}; ++cell) {{"
    yield f"    const i64 in = {_in(w)};"
    yield from (f"    {line}" for line in lines)
    yield "}"


def _in(w: Window) -> str:
    return f"at.first + cell / {w.width} * at.line + cell % {w.width} * channels + j"


def _once(w: Window, lines: Sequence[str]) -> Iterable[str]:
    """What is done once for every element of every window."""
    yield f"for (int cell = 0; cell < {w.size}; ++cell) {{"
    yield "    for (int j = 0; j < at.m; ++j) {"
    placed = [f"const i64 in = {_in(w)};"] if any("in" in re.split(r"\W", x) for x in lines) else []
    yield from (f"        {line}" for line in (*placed, *lines))
    yield "    }"
    yield "}"


def _arrays(names: Iterable[str], w: Window) -> str:
    return f"real {', '.join(f'{name}[{w.size}][BLOCK]' for name in names)};"


def _start(k: Kernel, w: Window) -> Iterable[str]:
    """States and terms of the part, in arrays."""
    names = [*k.step.states, *(f"{p.name}_" for p in k.terms)]
    lines = [
        f"{s}[cell][j] = {s}_start ? {s}_start[in] : R({k.start[s]!r});" for s in k.step.states
    ]
    for p in k.terms:
        lines += [f"{p.name}_[cell][j] = {p.name}[in / {p.name}_stride % {p.name}_size];"]
    if names:
        yield _arrays(names, w)
        yield from _once(w, lines)


def _step(k: Kernel) -> str:
    arguments = [f"LOAD({x.name}[t * stride + in])" for x in k.inputs]
    arguments += [f"{p.name}_[cell][j]" for p in k.terms]
    arguments += [f"&{s}[cell][j]" for s in k.step.states]
    arguments += ["&out", *(f"&{v}" for v in k.kept_values)]
    return f"{k.name}_step({', '.join(arguments)});"


def _size(k: Kernel, w: Window) -> int:
    """How many numbers a window and step keep for the way back."""
    return w.size * len(k.kept) + (w.how == "max")


def _backward(k: Kernel, w: Window) -> Iterable[str]:
    yield from _start(k, w)
    if _size(k, w):
        yield f"real *mine = kept + THREAD * steps * BLOCK * {_size(k, w)};"
        yield from _replay(k, w)
    sums = [x.name for x in (*k.inputs, *k.terms)]
    names = [f"g_{name}_" for name in (*k.step.states, *sums)]
    yield _arrays(names, w)
    yield from _once(w, [f"{name}[cell][j] = R(0.0);" for name in names])
    yield from _back(k, w)
    yield from _once(w, _finish(k))


def _slot(k: Kernel, w: Window, name: str) -> str:
    kept, at = len(k.kept), str(_size(k, w) - 1)
    if name:
        first = "cell" if kept == 1 else f"cell * {kept}"
        at = f"{first} + {k.kept.index(name)}" if k.kept.index(name) else first
    return f"mine[(t * {_size(k, w)} + {at}) * BLOCK + j]"


def _replay(k: Kernel, w: Window) -> Iterable[str]:
    """The steps again, keeping what the way back reads and which element was the largest."""
    lines = [f"{_slot(k, w, s)} = {s}[cell][j];" for s in k.kept_states]
    lines += [_step(k), *(f"{_slot(k, w, v)} = {v};" for v in k.kept_values)]
    if w.how == "avg":
        yield from _over("i64 t = 0; t < steps; ++t", [f"real {scratch(k)};", *_cells(w, lines)])
        return
    # of equals the first is the largest, as in PyTorch
    lines += ["chosen = STORED(out) > pooled ? (real)cell : chosen;"]
    lines += ["pooled = STORED(out) > pooled ? STORED(out) : pooled;"]
    yield from _over("i64 t = 0; t < steps; ++t", [
        f"real pooled = R(-INFINITY), chosen = R(0), {scratch(k)};",
        *_cells(w, lines),
        f"{_slot(k, w, '')} = chosen;",
    ])  # fmt: skip


def _back(k: Kernel, w: Window) -> Iterable[str]:
    summed = [x.name for x in (*k.inputs, *k.terms)]
    lines = [f"real {', '.join(f'g_{name}_now' for name in summed)};", *_adjoint(k, w)]
    lines += [f"g_{name}_[cell][j] += g_{name}_now;" for name in summed]
    lines += [f"if (stride) STORE(g_{x.name}[t * stride + in], g_{x.name}_now);" for x in k.inputs]
    first = [f"const real g_pooled = LOAD(g_output[t * at.n_out + at.to + j]){_share(w)};"]
    if w.how == "max":
        first += [f"const real chosen = {_slot(k, w, '')};"]
    yield from _over("i64 t = steps - 1; t >= 0; --t", [*first, *_cells(w, lines)])


def _adjoint(k: Kernel, w: Window) -> list[str]:
    arguments = [f"LOAD({x}[t * stride + in])" for x in k.kept_inputs]
    arguments += [_slot(k, w, name) for name in k.kept]
    arguments += [f"{p.name}_[cell][j]" for p in k.terms]
    arguments += [
        "chosen == (real)cell ? g_pooled : R(0.0)" if w.how == "max" else "STORED(g_pooled)"
    ]
    arguments += [f"&g_{s}_[cell][j]" for s in k.step.states]
    arguments += [f"&g_{x.name}_now" for x in (*k.inputs, *k.terms)]
    return [f"{k.name}_adjoint(", *(f"    {x}," for x in arguments[:-1]), f"    {arguments[-1]});"]


def _finish(k: Kernel) -> list[str]:
    lines = [f"if (g_{s}_start) g_{s}_start[in] = g_{s}_[cell][j];" for s in k.step.states]
    lines += [f"if (!stride) STORE(g_{x.name}[in], g_{x.name}_[cell][j]);" for x in k.inputs]
    return lines + [f"g_{p.name}[in] = g_{p.name}_[cell][j];" for p in k.terms]
