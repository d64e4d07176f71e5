"""What a page says of a network, whether it has been trained or not: its program and its spec."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .markup import Markup, facts, note, section, text_block
from .tables import table

PLACES = {
    "before": "before the time loop",
    "time": "at every time step",
    "after": "after the time loop",
    "dropped": "not computed",
}


class Row(NamedTuple):
    """An operator of a network, as model.PROGRAM has it.

    ``macs`` are the multiply-accumulates of one execution for one sample, ``computed`` those of a
    whole call as it is scheduled. ``drive`` says what a layer of weights reads, as a property of
    the network: the same at every step ("once"), "spikes", or other "values" at every step.
    """

    name: str
    kind: str
    reads: tuple[str, ...]
    shape: str
    parameters: int
    macs: int
    computed: int
    drive: str
    place: str
    reason: str


def rows_of(program: str) -> list[Row]:
    """The operators out of the text of model.PROGRAM, one a line."""
    return [row_of(line) for line in program.strip().splitlines()]


def row_of(line: str) -> Row:
    """One line: fields between bars; the reason is the last, and may hold bars itself."""
    name, kind, reads, shape, parameters, macs, computed, *rest = (
        field.strip() for field in line.split("|", 9)
    )
    drive, place, reason = rest
    sources = tuple(filter(None, reads.split(", ")))
    counts = int(parameters), int(macs), int(computed)
    return Row(name, kind, sources, shape, *counts, drive, place, reason)


def network_sections(
    rows: Sequence[Row], time_steps: int, spec: str
) -> Iterator[Markup]:
    """The program and the spec; ``spec`` is the text as built."""
    head = ["layer", "kind", "reads", "shape", "parameters", "MACs", "where", "why"]
    cells = [
        [
            r.name,
            r.kind,
            ", ".join(r.reads),
            r.shape,
            r.parameters or None,
            r.computed or None,
        ]
        + [PLACES.get(r.place, r.place), r.reason]
        for r in rows
    ]
    written = sum(r.macs for r in rows) * time_steps
    computed = sum(r.computed for r in rows)
    share = f" ({1 - computed / written:.1%} saved)" if written else ""
    told = {
        "parameters": f"{sum(r.parameters for r in rows):,}",
        "MACs a sample as written": f"{written:,}",
        "MACs a sample as compiled": f"{computed:,}{share}",
    }
    said = "MACs are the multiply-accumulates of one sample over all time steps, as compiled."
    yield section(
        "Program", facts(told), note(hoisted(rows)), table(head, cells), note(said)
    )
    yield section(
        "Spec", text_block("the spec as built, with every number", spec.strip())
    )


def hoisted(rows: Sequence[Row]) -> str:
    """One sentence: what is computed once instead of at every step."""
    names = [
        r.name for r in rows if r.place == "before" and (r.parameters or r.computed)
    ]
    if not names:
        return "Nothing is hoisted out of the time loop."
    return f"Hoisted out of the time loop: {', '.join(names)}."
