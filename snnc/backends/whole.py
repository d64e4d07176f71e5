"""A chain of products and neurons as C: threads over chunks of samples, which they take in blocks.

All stages of a block run one after the other, each for all time steps: products are the run time's
own, neurons the loops that they have anyway. The way back makes the values of a block again. Each
chunk has sums of its own for the gradients of weights; they are added in order at the end.
"""

from collections.abc import Iterable, Iterator, Sequence

from snnc.backends.chain_back import collected, kept, places, results_of, way_back
from snnc.backends.chain_words import called, is_drawn, leaves, operands_of, read, steps, width_at
from snnc.backends.cpu import indented
from snnc.backends.steps import head
from snnc.kernel.whole import Draw, Feedback, Product, Whole

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
    parameters = [*read(w), "real *restrict output", "real *restrict room", *_sizes(w)]
    last = len(w.stages)
    lines = ["real *mine = room + MINE * share;", *_values(w)]
    lines += [f"add_up(x{last}, {leaves(w)}, output + first * {width_at(w, last)});"]
    return f"{head(f'void whole_{w.name}_forward', parameters)}{_packed(w)}{_blocks(lines)}}}\n"


def _backward(w: Whole) -> str:
    given = ["const real *restrict g_output", "real *restrict g_x"]
    results = [f"real *restrict {name}" for name in results_of(w)]
    parameters = [*read(w), *given, *results, "real *restrict room", *_sizes(w)]
    lines = ["real *mine = room + MINE * share, *sum = sums + chunk * size;", *_values(w)]
    lines += [f"real *kept = take(&mine, steps * {kept(w)});", *way_back(w)]
    top = head(f"void whole_{w.name}_backward", parameters)
    sums = "    real *sums = take(&room, chunks * size);\n"
    sums += "    memset(sums, 0, chunks * size * sizeof(real));\n"
    return f"{top}{places(w)}{_packed(w, back=True)}{sums}{_blocks(lines)}{collected(w)}}}\n"


def _blocks(lines: Iterable[str]) -> str:
    return f"{_CHUNKS}{indented(f'    {line}' for line in lines)}        }}\n    }}\n"


def _sizes(w: Whole) -> Sequence[str]:
    how = _DRAWN if w.draws else () if w.static else _STRIDES
    return (*how, *_SIZES, "i64 threads")


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
            lines += turned if back and not is_drawn(w, at) else []
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
            results = [f"x{at}", *ends, *steps(w, at, stage)]
            yield from called(f"{stage.kernel.name}_forward(", *operands_of(at, stage), *results)


def _product(w: Whole, at: int, stage: Product) -> str:
    bias = f"bias{at}" if stage.bias else "0"
    made = f"{stage.reads}, weight{at}, {bias}, {stage.width}, x{at}"
    if is_drawn(w, at):
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
    operands = [*operands_of(at, stage, "z"), f"fed{at}", "0"]
    yield from called(f"{stage.kernel.name}_recurrent_forward(", *operands, *results)
