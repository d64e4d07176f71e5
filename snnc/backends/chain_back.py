"""The way back of a chain in C: gradients stage by stage, and the sums of those of weights."""

from collections.abc import Iterator

from snnc.backends.chain_words import (
    called,
    is_drawn,
    learned,
    leaves,
    operands_of,
    steps,
    terms_of,
    width_at,
)
from snnc.kernel.whole import Cells, Feedback, Product, Whole


def kept(w: Whole) -> str:
    """The numbers that the way back of a stage keeps at a time step, of all stages the most."""
    plain = max((len(s.kernel.kept) for s in w.stages if isinstance(s, Cells)), default=0)
    fed = [s for s in w.stages if isinstance(s, Feedback)]
    each = ((len(s.kernel.kept_inputs) + len(s.kernel.kept)) * s.width for s in fed)
    return f"(BLOCK * {plain} + ROWS * {max(each, default=0)})"


def way_back(w: Whole) -> Iterator[str]:
    last = len(w.stages)
    wide = width_at(w, last)
    yield f"real *g{last} = take(&mine, n * {wide});"
    yield f"share_out(g_output + first * {wide}, {leaves(w)}, g{last});"
    for at in range(last, 0, -1):
        stage = w.stages[at - 1]
        if isinstance(stage, Product):
            yield from _product_back(w, at, stage)
        elif isinstance(stage, Cells):
            yield from _cells_back(w, at, stage)
        elif isinstance(stage, Feedback):
            yield from _feedback_back(at, stage)
    if not w.draws:
        steps = "1" if w.static else "steps"
        place = f"batch * {w.reads}, first * {w.reads}, m * {w.reads}"
        yield f"if (g_x) scatter(g0, {steps}, {place}, g_x);"


def _product_back(w: Whole, at: int, stage: Product) -> Iterator[str]:
    i, o = stage.reads, stage.width
    drawn = is_drawn(w, at)
    if drawn:
        yield f"learn_fired(who, ends, steps, m, g{at}, {o}, sum + W{at});"
    else:
        yield f"learn(x{at - 1}, g{at}, n, {i}, {o}, sum + W{at});"
    if stage.bias:
        yield f"add_rows(g{at}, n, {o}, sum + B{at});"
    if not drawn:
        yield f"real *g{at - 1} = take(&mine, n * {i});"
        asked = "if (g_x) " if at == 1 else ""
        yield f"{asked}product(g{at}, n, {o}, back{at}, 0, {i}, g{at - 1});"


def _cells_back(w: Whole, at: int, cells: Cells) -> Iterator[str]:
    o, terms = cells.width, terms_of(at, cells)
    yield f"real *g{at - 1} = take(&mine, n * {o});"
    for term in terms:
        yield f"real *g_each_{term} = take(&mine, m * {o});"
    ends = ["0" for _ in cells.kernel.states]
    results = [f"g{at - 1}", *(f"g_each_{term}" for term in terms), *ends, "kept"]
    arguments = [*operands_of(at, cells), f"g{at}", *ends, *results, *steps(w, at, cells)]
    yield from called(f"{cells.kernel.name}_backward(", *arguments)
    for term in terms:
        yield f"add_rows(g_each_{term}, m, {o}, sum + {term.upper()});"


def _feedback_back(at: int, stage: Feedback) -> Iterator[str]:
    i, o, terms = stage.reads, stage.width, terms_of(at, stage)
    yield f"real *z_g{at} = take(&mine, n * {o});"
    for term in terms:
        yield f"real *g_each_{term} = take(&mine, m * {o});"
    ends = ["0" for _ in stage.kernel.states]
    operands = [*operands_of(at, stage, "z"), f"fed{at}", "0", f"spread{at}", f"x{at}"]
    results = [f"z_g{at}", *(f"g_each_{term}" for term in terms), *ends, "kept"]
    sizes = ["steps", f"m * {o}", f"m * {o}", str(o), "1"]
    arguments = [*operands, f"g{at}", *ends, *results, *sizes]
    yield from called(f"{stage.kernel.name}_recurrent_backward(", *arguments)
    if stage.bias:
        yield f"add_rows(z_g{at}, n, {o}, sum + B{at});"
    for term in terms:
        yield f"add_rows(g_each_{term}, m, {o}, sum + {term.upper()});"
    own, back = (f"sum + W{at} + {first} * ABOVE({o})" for first in (stage.own, stage.back))
    later = f"z_g{at} + m * {o}, n - m"
    yield f"if (steps > 1) learn(x{at}, {later}, {o}, {o}, {back});"
    if i:
        yield f"learn(x{at - 1}, z_g{at}, n, {i}, {o}, {own});"
        yield f"real *g{at - 1} = take(&mine, n * {i});"
        asked = "if (g_x) " if at == 1 else ""
        yield f"{asked}product(z_g{at}, n, {o}, back{at}, 0, {i}, g{at - 1});"
    else:
        yield f"const real *g{at - 1} = z_g{at};"


def places(w: Whole) -> str:
    """The places of the sums of a chunk."""
    lines, before = list[str](), "0"
    for name, reads, width in learned(w):
        lines += [f"{name.upper()} = {before}"]
        before = f"{name.upper()} + {reads} * ABOVE({width})"
    return "".join(f"    {line}\n" for line in called("enum { ", *lines, end=" };"))


def collected(w: Whole) -> str:
    calls = (
        f"    collect(sums + {name.upper()}, chunks, size, {reads}, {width}, g_{name});\n"
        for name, reads, width in learned(w)
    )
    return "".join(calls)


def results_of(w: Whole) -> list[str]:
    return [f"g_{name}" for name, _, _ in learned(w)]
