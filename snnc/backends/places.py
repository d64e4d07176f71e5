"""A neuron and windows of its output in one kernel, as C: full-size values are never stored.

It takes images whose channels lie innermost. A part is the channels of one place of the pooled
image, or a block of them; ``part_of``, which is the run time's own, says where it is. All steps of
a part run while the states of its elements stay in cache. The way back repeats the steps, as every
kernel's does, and with them what pooling chose.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from snnc.backends.cpu import scratch, term
from snnc.backends.joined import framed
from snnc.backends.steps import head, parameters
from snnc.kernel.types import Kernel
from snnc.step.grad import seed
from snnc.step.symbol import symbol
from snnc.window import Window


@dataclass(frozen=True)
class Places:
    """A neuron in front of pooling."""

    kernel: Kernel
    window: Window

    @property
    def name(self) -> str:
        """``if_max_2x2``: what its functions are called."""
        return f"{self.kernel.name}_{self.window.text}"

    @property
    def size(self) -> int:
        """The number of elements of the neuron's output that become one."""
        return self.window.size

    @property
    def largest(self) -> bool:
        """Whether the pooling takes the maximum of a window."""
        return self.window.how == "max"

    @property
    def share(self) -> str:
        """The divisor of a window's gradient for each of its elements."""
        return "" if self.largest else f" / R({self.size}.0)"

    @property
    def kept(self) -> int:
        """The values that a window and time step keep for the backward pass."""
        return self.size * len(self.kernel.kept) + self.largest

    def of(self, name: str) -> str:
        """An element of an array that holds a number for each element of a part."""
        return f"{name}[cell][j]"

    def arrays(self, names: Iterable[str]) -> str:
        """The declarations of arrays with those names."""
        return f"real {', '.join(f'{name}[{self.size}][BLOCK]' for name in names)};"

    def load(self, name: str) -> str:
        """An input of the neuron at one element and step, normalised if it is."""
        return f"NORMED(LOAD({symbol(name, 'data')}[t * stride + in]))"

    def cells(self, lines: Iterable[str]) -> Iterable[str]:
        """The statements for every element that becomes part of one output element."""
        yield "EACH"
        yield f"for (int cell = 0; cell < {self.size}; ++cell) {{"
        yield f"    const i64 in = {self._first()} + j;"
        yield from (f"    {line}" for line in lines)
        yield "}"

    def once(self, lines: Sequence[str]) -> Iterable[str]:
        """The statements that run once for every element of a part."""
        if not lines:
            return
        yield f"for (int cell = 0; cell < {self.size}; ++cell) {{"
        yield "    for (int j = 0; j < at.m; ++j) {"
        if any("in" in re.split(r"\W", line) for line in lines):
            yield f"        const i64 in = {self._first()} + j;"
        yield from (f"        {line}" for line in lines)
        yield from ("    }", "}")

    def term(self, name: str) -> Iterable[str]:
        """Fills the array of a term, for a part."""
        yield f"for (int cell = 0; cell < {self.size}; ++cell) {{"
        yield f"    const i64 in = {self._first()};"
        yield f"    fill_terms({symbol(name)}[cell], {term(name)}, in, at.m);"
        yield "}"

    def _first(self) -> str:
        """The index of the elements at one place of their windows."""
        wide = self.window.width
        return f"at.first + cell / {wide} * at.line + cell % {wide} * channels"


def loops(k: Kernel, window: Window) -> str:
    """The forward and the backward loop of one kernel over parts."""
    p = Places(k, window)
    return f"{_function(p, False, _forward(p))}\n{_function(p, True, _backward(p))}"


def _function(p: Places, back: bool, lines: Iterable[str]) -> str:
    end = "backward" if back else "forward"
    top = head(f"void {p.name}_{end}", [*parameters(p.kernel, back), "i64 threads"])
    image = f"n, height, width, channels, {p.window.height}, {p.window.width}"
    body = "".join(f"{' ' * 12}{line}\n" for line in lines)
    return f"{top}{framed(body, 'part', f'count_parts({image})', f'part_of(i, {image})', back)}}}\n"


def _over(steps: str, lines: Iterable[str]) -> Iterable[str]:
    """The statements for every element of the output of a part, at every time step."""
    yield f"for ({steps}) {{"
    yield "    SIMD"
    yield "    for (int j = 0; j < at.m; ++j) {"
    yield from (f"        {line}" for line in lines)
    yield "    }"
    yield "}"


def _forward(p: Places) -> Iterable[str]:
    yield from _start(p)
    least = "-INFINITY" if p.largest else "0"
    join = "pooled = STORED(out) > pooled ? STORED(out) : pooled;"
    join = join if p.largest else "pooled += STORED(out);"
    lines = [f"real pooled = R({least}), {scratch(p.kernel)};", *p.cells([_step(p), join])]
    store = f"STORE(output[t * at.n_out + at.to + j], pooled{p.share});"
    yield from _over("i64 t = 0; t < steps; ++t", [*lines, store])
    ends = ((symbol(s, "end"), symbol(s)) for s in p.kernel.step.states)
    yield from p.once([f"if ({end}) {end}[in] = {p.of(s)};" for end, s in ends])


def _start(p: Places) -> Iterable[str]:
    """States and terms of the part, in arrays."""
    k = p.kernel
    names = [symbol(name) for name in (*k.step.states, *(term.name for term in k.terms))]
    if names:
        yield p.arrays(names)
        yield from p.once([_first(p, s) for s in k.step.states])
    for name in (found.name for found in k.terms):
        yield from p.term(name)
    yield "NORM_HERE"


def _first(p: Places, state: str) -> str:
    start = symbol(state, "start")
    return f"{p.of(symbol(state))} = {start} ? {start}[in] : R({p.kernel.start[state]!r});"


def _step(p: Places) -> str:
    k = p.kernel
    arguments = [p.load(x.name) for x in k.inputs]
    arguments += [p.of(symbol(term.name)) for term in k.terms]
    arguments += [f"&{p.of(symbol(s))}" for s in k.step.states]
    arguments += ["&out", *(f"&{symbol(v)}" for v in k.kept_values)]
    return f"{k.name}_step({', '.join(arguments)});"


def _backward(p: Places) -> Iterable[str]:
    k = p.kernel
    yield from _start(p)
    if p.kept:
        yield f"real *mine = kept + THREAD * steps * BLOCK * {p.kept};"
        yield from _replay(p)
    states = [(symbol(seed(s)), symbol(seed(s), "end")) for s in k.step.states]
    sums = [symbol(seed(x.name)) for x in (*k.inputs, *k.terms)]
    yield p.arrays([*(g for g, _ in states), *sums])
    arriving = [f"{p.of(g)} = {end} ? {end}[in] : R(0.0);" for g, end in states]
    yield from p.once([*arriving, *(f"{p.of(g)} = R(0.0);" for g in sums)])
    yield "NORM_SUMS_HERE"
    yield from _back(p)
    yield from p.once(_finish(p))
    yield "NORM_TOTAL_HERE"


def _slot(p: Places, name: str) -> str:
    kept, at = len(p.kernel.kept), str(p.kept - 1)
    if name:
        place = p.kernel.kept.index(name)
        first = "cell" if kept == 1 else f"cell * {kept}"
        at = f"{first} + {place}" if place else first
    return f"mine[(t * {p.kept} + {at}) * BLOCK + j]"


def _replay(p: Places) -> Iterable[str]:
    """The steps again, keeping what the way back reads and which element was the largest."""
    k, steps = p.kernel, "i64 t = 0; t < steps; ++t"
    lines = [f"{_slot(p, s)} = {p.of(symbol(s))};" for s in k.kept_states]
    lines += [_step(p), *(f"{_slot(p, v)} = {symbol(v)};" for v in k.kept_values)]
    if not p.largest:
        yield from _over(steps, [f"real {scratch(k)};", *p.cells(lines)])
        return
    # of equals the first is the largest, as in PyTorch
    lines += ["chosen = STORED(out) > pooled ? (real)cell : chosen;"]
    lines += ["pooled = STORED(out) > pooled ? STORED(out) : pooled;"]
    yield from _over(steps, [
        f"real pooled = R(-INFINITY), chosen = R(0), {scratch(k)};",
        *p.cells(lines),
        f"{_slot(p, '')} = chosen;",
    ])  # fmt: skip


def _back(p: Places) -> Iterable[str]:
    k = p.kernel
    grads = [seed(x.name) for x in (*k.inputs, *k.terms)]
    lines = [f"real {', '.join(symbol(g, 'now') for g in grads)};", *_adjoint(p)]
    lines += [f"{p.of(symbol(g))} += {symbol(g, 'now')};" for g in grads]
    for x in k.inputs:
        now, data = symbol(seed(x.name), "now"), symbol(x.name, "data")
        lines += [f"if (stride) STORE({symbol(seed(x.name), 'data')}[t * stride + in], {now});"]
        lines += [f"NORM_CELL({now}, LOAD({data}[t * stride + in]))"]
    first = [f"const real g_pooled = LOAD(g_output[t * at.n_out + at.to + j]){p.share};"]
    if p.largest:
        first += [f"const real chosen = {_slot(p, '')};"]
    lines = [*first, "NORM_CELLS", *p.cells(lines), "NORM_ADD_CELLS"]
    yield from _over("i64 t = steps - 1; t >= 0; --t", lines)


def _adjoint(p: Places) -> list[str]:
    k = p.kernel
    arguments = [p.load(x) for x in k.kept_inputs]
    arguments += [_slot(p, name) for name in k.kept]
    arguments += [p.of(symbol(term.name)) for term in k.terms]
    arguments += ["chosen == (real)cell ? g_pooled : R(0.0)" if p.largest else "STORED(g_pooled)"]
    arguments += [f"&{p.of(symbol(seed(s)))}" for s in k.step.states]
    arguments += [f"&{symbol(seed(x.name), 'now')}" for x in (*k.inputs, *k.terms)]
    return [f"{k.name}_adjoint(", *(f"    {x}," for x in arguments[:-1]), f"    {arguments[-1]});"]


def _finish(p: Places) -> list[str]:
    k, lines = p.kernel, list[str]()
    for g in map(seed, k.step.states):
        start = symbol(g, "start")
        lines += [f"if ({start}) {start}[in] = {p.of(symbol(g))};"]
    for g in (seed(x.name) for x in k.inputs):
        lines += [f"if (!stride) STORE({symbol(g, 'data')}[in], {p.of(symbol(g))});"]
    grads = (seed(term.name) for term in k.terms)
    return lines + [f"{symbol(g, 'data')}[in] = {p.of(symbol(g))};" for g in grads]
