"""Words of chains in C: operands, sizes and calls, which both directions have in common."""

from collections.abc import Iterator, Sequence

from snnc.kernel.whole import Cells, Draw, Feedback, Product, Whole


def width_at(w: Whole, at: int) -> int:
    """The features of value ``at``: 0 is the input, i what stage i gives."""
    return w.stages[at - 1].width if at else w.reads


def read(w: Whole) -> Iterator[str]:
    """The operands: the input, then weights, biases and terms, numbered by their stage."""
    yield "const real *restrict x"
    for at, stage in enumerate(w.stages, 1):
        if isinstance(stage, Product | Feedback):
            yield f"const real *restrict w{at}"
            yield from [f"const real *restrict b{at}"] if stage.bias else []
        if isinstance(stage, Cells | Feedback):
            for term in terms_of(at, stage):
                yield from (
                    f"const real *restrict {term}",
                    f"i64 {term}_size",
                    f"i64 {term}_stride",
                )


def terms_of(at: int, cells: Cells | Feedback) -> list[str]:
    return [f"p{at}_{i}" for i in range(len(cells.kernel.terms))]


def learned(w: Whole) -> Iterator[tuple[str, int, int]]:
    """The operands with a gradient besides the input: name, features that it reads, width."""
    for at, stage in enumerate(w.stages, 1):
        if isinstance(stage, Product | Feedback):
            columns = stage.reads if isinstance(stage, Product) else stage.columns
            yield f"w{at}", columns, stage.width
            yield from [(f"b{at}", 1, stage.width)] if stage.bias else []
        if isinstance(stage, Cells | Feedback):
            yield from ((term, 1, stage.width) for term in terms_of(at, stage))


def is_drawn(w: Whole, at: int) -> bool:
    """Whether what stage ``at`` reads are spikes that the kernel draws."""
    return at > 1 and isinstance(w.stages[at - 2], Draw)


def operands_of(at: int, cells: Cells | Feedback, reads: str = "") -> Iterator[str]:
    yield f"{reads}{at}" if reads else f"x{at - 1}"
    for term in terms_of(at, cells):
        yield from (term, f"{term}_size", f"{term}_stride")
    yield from ("0" for _ in cells.kernel.states)


def steps(w: Whole, at: int, cells: Cells) -> Sequence[str]:
    n = f"m * {cells.width}"
    return "steps", n, "0" if w.static and at == 1 else n, "1"


def called(begin: str, *arguments: str, end: str = ");") -> Iterator[str]:
    """A call, on as many lines as it needs."""
    line = begin
    for i, argument in enumerate(arguments):
        more = end if i == len(arguments) - 1 else ", "
        if len(line) + len(argument) > 76:
            yield line.rstrip()
            line = "    "
        line += argument + more
    yield line


def leaves(w: Whole) -> str:
    """The way in which the last value leaves time: first step, steps, numbers, a divisor."""
    first = "steps - 1" if w.how == "last" else "0"
    share = "steps" if w.how == "mean" else "1"
    return f"{first}, steps, m * {width_at(w, len(w.stages))}, {share}"
