"""A chain of products and neurons as C: threads over chunks of samples, which they take in blocks.

All stages of a block run one after the other, each for all time steps: products are the run time's
own, neurons the loops that they have anyway. The way back makes the values of a block again. Each
chunk has sums of its own for the gradients of weights; they are added in order at the end.
"""

from collections.abc import Iterable, Iterator, Sequence

from snnc.backends.cpu import indented
from snnc.backends.steps import head
from snnc.kernel.whole import Cells, Draw, Feedback, Product, Whole

_STRIDES = ("i64 over", "i64 next", "i64 along")
_DRAWN = ("i64 key", "i64 begin")
_SIZES = ("i64 steps", "i64 batch", "i64 rows", "i64 chunks", "i64 size", "i64 share")
_CHUNKS = """\
    PARALLEL_CHUNKS
    for (i64 chunk = 0; chunk < chunks; ++chunk) {
        const i64 blocks = (batch + rows - 1) / rows;
        for (i64 at = blocks * chunk / chunks; at < blocks * (chunk + 1) / chunks; ++at) {
            const i64 first = at * rows, m = batch - first < rows ? batch - first : rows;
            const i64 n = steps * m;
"""


def loops(w: Whole) -> str:
    """The forward and the backward function of one chain."""
    return f"{_forward(w)}\n{_backward(w)}"


def _forward(w: Whole) -> str:
    parameters = [*_read(w), "real *restrict output", "real *restrict room", *_sizes(w)]
    last = len(w.stages)
    lines = ["real *mine = room + MINE * share;", *_values(w)]
    lines += [f"add_up(x{last}, {_leaves(w)}, output + first * {_width(w, last)});"]
    return f"{head(f'void whole_{w.name}_forward', parameters)}{_packed(w)}{_blocks(lines)}}}\n"


def _backward(w: Whole) -> str:
    given = ["const real *restrict g_output", "real *restrict g_x"]
    results = [f"real *restrict {name}" for name in _results(w)]
    parameters = [*_read(w), *given, *results, "real *restrict room", *_sizes(w)]
    lines = ["real *mine = room + MINE * share, *sum = sums + chunk * size;", *_values(w)]
    lines += [f"real *kept = take(&mine, steps * {_kept(w)});", *_back(w)]
    top = head(f"void whole_{w.name}_backward", parameters)
    sums = "    real *sums = take(&room, chunks * size);\n"
    sums += "    memset(sums, 0, chunks * size * sizeof(real));\n"
    return f"{top}{_places(w)}{_packed(w, back=True)}{sums}{_blocks(lines)}{_collected(w)}}}\n"


def _kept(w: Whole) -> str:
    """The numbers that the way back of a stage keeps at a time step, of all stages the most."""
    plain = max((len(s.kernel.kept) for s in w.stages if isinstance(s, Cells)), default=0)
    fed = [s for s in w.stages if isinstance(s, Feedback)]
    each = ((len(s.kernel.kept_inputs) + len(s.kernel.kept)) * s.width for s in fed)
    return f"(BLOCK * {plain} + ROWS * {max(each, default=0)})"


def _blocks(lines: Iterable[str]) -> str:
    return f"{_CHUNKS}{indented(f'    {line}' for line in lines)}        }}\n    }}\n"


def _sizes(w: Whole) -> Sequence[str]:
    how = _DRAWN if w.draws else () if w.static else _STRIDES
    return (*how, *_SIZES, "i64 threads")


def _width(w: Whole, at: int) -> int:
    """The features of value ``at``: 0 is the input, i what stage i gives."""
    return w.stages[at - 1].width if at else w.reads


def _read(w: Whole) -> Iterator[str]:
    """The operands: the input, then weights, biases and terms, numbered by their stage."""
    yield "const real *restrict x"
    for at, stage in enumerate(w.stages, 1):
        if isinstance(stage, Product | Feedback):
            yield f"const real *restrict w{at}"
            yield from [f"const real *restrict b{at}"] if stage.bias else []
        if isinstance(stage, Cells | Feedback):
            for term in _terms(at, stage):
                yield from (
                    f"const real *restrict {term}",
                    f"i64 {term}_size",
                    f"i64 {term}_stride",
                )


def _terms(at: int, cells: Cells | Feedback) -> list[str]:
    return [f"p{at}_{i}" for i in range(len(cells.kernel.terms))]


def _learned(w: Whole) -> Iterator[tuple[str, int, int]]:
    """What has a gradient besides the input: its name, the features it reads and its width."""
    for at, stage in enumerate(w.stages, 1):
        if isinstance(stage, Product | Feedback):
            columns = stage.reads if isinstance(stage, Product) else stage.columns
            yield f"w{at}", columns, stage.width
            yield from [(f"b{at}", 1, stage.width)] if stage.bias else []
        if isinstance(stage, Cells | Feedback):
            yield from ((term, 1, stage.width) for term in _terms(at, stage))


def _results(w: Whole) -> list[str]:
    return [f"g_{name}" for name, _, _ in _learned(w)]


def _packed(w: Whole, back: bool = False) -> str:
    """The weights as products read them and, for the way back, their transposes."""
    lines = []
    for at, stage in enumerate(w.stages, 1):
        if isinstance(stage, Product):
            i, o = stage.reads, stage.width
            lines += [f"const real *weight{at} = pack(&room, w{at}, {i}, 1, {o}, {i});"]
            bias = [f"const real *bias{at} = pack(&room, b{at}, 1, 0, {o}, 1);"]
            lines += bias if stage.bias else []
            turned = [f"const real *back{at} = pack(&room, w{at}, {o}, {i}, {i}, 1);"]
            lines += turned if back and not _drawn(w, at) else []
        elif isinstance(stage, Feedback):
            lines += _packed_feedback(at, stage, back)
    return "".join(f"    {line}\n" for line in lines)


def _packed_feedback(at: int, stage: Feedback, back: bool) -> Iterator[str]:
    """The two parts of a weight, one for the input and one for what comes back."""
    i, o, row = stage.reads, stage.width, stage.columns
    if i:
        own = f"w{at} + {stage.own}"
        yield f"const real *weight{at} = pack(&room, {own}, {i}, 1, {o}, {row});"
        if back:
            yield f"const real *back{at} = pack(&room, {own}, {o}, {row}, {i}, 1);"
    fed = f"w{at} + {stage.back}"
    yield f"const real *fed{at} = pack(&room, {fed}, {o}, 1, {o}, {row});"
    if back:
        yield f"const real *spread{at} = pack(&room, {fed}, {o}, {row}, {o}, 1);"
    if stage.bias:
        yield f"const real *bias{at} = pack(&room, b{at}, 1, 0, {o}, 1);"


def _values(w: Whole) -> Iterator[str]:
    """The values of a block, stage by stage."""
    if not w.static:
        place = f"over, next, along, first, m, {w.reads}"
        yield f"const real *x0 = gather(&mine, x, steps, {place});"
    elif not w.draws:
        yield f"const real *x0 = x + first * {w.reads};"
    for at, stage in enumerate(w.stages, 1):
        if isinstance(stage, Draw):
            yield "int *who;"
            place = f"key, begin, steps, first, m, {stage.width}"
            yield f"const i64 *ends = draw(&mine, x, {place}, &who);"
            continue
        yield f"real *x{at} = take(&mine, n * {stage.width});"
        if isinstance(stage, Product):
            yield _product(w, at, stage)
        elif isinstance(stage, Feedback):
            yield from _feedback(at, stage)
        else:
            ends = ["0" for _ in stage.kernel.states]
            results = [f"x{at}", *ends, *_steps(w, at, stage)]
            yield from _call(f"{stage.kernel.name}_forward(", *_operands(at, stage), *results)


def _product(w: Whole, at: int, stage: Product) -> str:
    bias = f"bias{at}" if stage.bias else "0"
    made = f"{stage.reads}, weight{at}, {bias}, {stage.width}, x{at}"
    if _drawn(w, at):
        return f"add_fired(who, ends, steps, m, {made});"
    return f"product(x{at - 1}, n, {made});"


def _feedback(at: int, stage: Feedback) -> Iterator[str]:
    """Neurons whose output comes back: what they read from outside, then all their steps."""
    i, o = stage.reads, stage.width
    bias = f"bias{at}" if stage.bias else "0"
    yield f"real *z{at} = take(&mine, n * {o});"
    if i:
        yield f"product(x{at - 1}, n, {i}, weight{at}, {bias}, {o}, z{at});"
    else:
        yield f"shift(x{at - 1}, n, {bias}, {o}, z{at});"
    ends = ["0" for _ in stage.kernel.states]
    results = [f"x{at}", *ends, "steps", f"m * {o}", f"m * {o}", str(o), "1"]
    operands = [*_operands(at, stage, "z"), f"fed{at}", "0"]
    yield from _call(f"{stage.kernel.name}_recurrent_forward(", *operands, *results)


def _drawn(w: Whole, at: int) -> bool:
    """Whether what stage ``at`` reads are spikes that the kernel draws."""
    return at > 1 and isinstance(w.stages[at - 2], Draw)


def _operands(at: int, cells: Cells | Feedback, reads: str = "") -> Iterator[str]:
    yield f"{reads}{at}" if reads else f"x{at - 1}"
    for term in _terms(at, cells):
        yield from (term, f"{term}_size", f"{term}_stride")
    yield from ("0" for _ in cells.kernel.states)


def _steps(w: Whole, at: int, cells: Cells) -> Sequence[str]:
    n = f"m * {cells.width}"
    return "steps", n, "0" if w.static and at == 1 else n, "1"


def _call(begin: str, *arguments: str, end: str = ");") -> Iterator[str]:
    """A call, on as many lines as it needs."""
    line = begin
    for i, argument in enumerate(arguments):
        more = end if i == len(arguments) - 1 else ", "
        if len(line) + len(argument) > 76:
            yield line.rstrip()
            line = "    "
        line += argument + more
    yield line


def _leaves(w: Whole) -> str:
    """How the last value leaves time: the first step that counts, steps, numbers, a divisor."""
    first = "steps - 1" if w.how == "last" else "0"
    share = "steps" if w.how == "mean" else "1"
    return f"{first}, steps, m * {_width(w, len(w.stages))}, {share}"


def _back(w: Whole) -> Iterator[str]:
    last = len(w.stages)
    wide = _width(w, last)
    yield f"real *g{last} = take(&mine, n * {wide});"
    yield f"share_out(g_output + first * {wide}, {_leaves(w)}, g{last});"
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
    drawn = _drawn(w, at)
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
    o, terms = cells.width, _terms(at, cells)
    yield f"real *g{at - 1} = take(&mine, n * {o});"
    for term in terms:
        yield f"real *g_each_{term} = take(&mine, m * {o});"
    ends = ["0" for _ in cells.kernel.states]
    results = [f"g{at - 1}", *(f"g_each_{term}" for term in terms), *ends, "kept"]
    arguments = [*_operands(at, cells), f"g{at}", *ends, *results, *_steps(w, at, cells)]
    yield from _call(f"{cells.kernel.name}_backward(", *arguments)
    for term in terms:
        yield f"add_rows(g_each_{term}, m, {o}, sum + {term.upper()});"


def _feedback_back(at: int, stage: Feedback) -> Iterator[str]:
    i, o, terms = stage.reads, stage.width, _terms(at, stage)
    yield f"real *z_g{at} = take(&mine, n * {o});"
    for term in terms:
        yield f"real *g_each_{term} = take(&mine, m * {o});"
    ends = ["0" for _ in stage.kernel.states]
    operands = [*_operands(at, stage, "z"), f"fed{at}", "0", f"spread{at}", f"x{at}"]
    results = [f"z_g{at}", *(f"g_each_{term}" for term in terms), *ends, "kept"]
    sizes = ["steps", f"m * {o}", f"m * {o}", str(o), "1"]
    arguments = [*operands, f"g{at}", *ends, *results, *sizes]
    yield from _call(f"{stage.kernel.name}_recurrent_backward(", *arguments)
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


def _places(w: Whole) -> str:
    """Where the sums of a chunk are."""
    lines, before = list[str](), "0"
    for name, reads, width in _learned(w):
        lines += [f"{name.upper()} = {before}"]
        before = f"{name.upper()} + {reads} * ABOVE({width})"
    return "".join(f"    {line}\n" for line in _call("enum { ", *lines, end=" };"))


def _collected(w: Whole) -> str:
    calls = (
        f"    collect(sums + {name.upper()}, chunks, size, {reads}, {width}, g_{name});\n"
        for name, reads, width in _learned(w)
    )
    return "".join(calls)
