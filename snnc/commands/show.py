"""``snnc show``: the placement of every layer, for people and for programs."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from snnc import project
from snnc.commands.replaceable import replaceable
from snnc.commands.show_chains import chained, sentences
from snnc.compile import runtime_module
from snnc.document import Document
from snnc.emit.built import built, trained
from snnc.emit.neurons import neurons
from snnc.emit.program_rows import program_rows, recorded
from snnc.kernel.traffic import Around, traffic
from snnc.kernel.types import Kernel
from snnc.program.placement import Placed, placement
from snnc.program.types import Once, Op, Program, Region, Scan
from snnc.shapes import show
from snnc.window import Window

PAGE = '<meta name="generator" content="snnc">'
"""The line by which a page of snnc is known."""
_TITLES = {
    "before": "before the time loop: computed once",
    "time": "in the time loop: computed at each of T = {steps} steps",
    "after": "after the time loop: computed once",
    "dropped": "dropped: not computed",
}
_HEAD = ("layer", "kind", "shape", "parameters", "MACs, T times", "MACs, here", "why")
_RIGHT = frozenset({3, 4, 5})


def as_text(program: Program) -> str:
    """A table in three parts, and what hoisting saved."""
    rows = placement(program)
    steps = program.graph.time_steps
    cells = [_cells(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(_HEAD, *cells, strict=True)]
    lines = [f"{program.graph.name}, T = {steps}", "", f"    {_line(_HEAD, widths)}"]
    for region, title in _TITLES.items():
        inside = [c for c, row in zip(cells, rows, strict=True) if row.region == region]
        if inside:
            lines += [title.format(steps=steps), *(f"    {_line(c, widths)}" for c in inside)]
    return "\n".join([*lines, "", *_kernels(program), *_summary(program, rows), ""])


def as_json(program: Program) -> str:
    """The same as JSON: one object a layer."""
    layers = [asdict(row) for row in placement(program)]
    kernels = [asdict(kernel) for kernel in fused(program)]
    chains = [asdict(chain) for chain in chained(program)]
    head = {"name": program.graph.name, "time_steps": program.graph.time_steps}
    return (
        json.dumps({**head, "layers": layers, "kernels": kernels, "chains": chains}, indent=2)
        + "\n"
    )


def as_html(document: Document, program: Program) -> str:
    """The same as one page, which loads nothing from elsewhere, with the spec as built."""
    page = runtime_module("page")
    rows = page.rows_of(
        program_rows(program.graph, placement(program), recorded(document.spec.train))
    )
    spec = built(document.spec) + trained(document.spec)
    steps = program.graph.time_steps
    lead = page.facts({"time steps": steps, "spec": document.source.path})
    kernels = [page.note(f"{line}.") for line in _kernels(program)]
    sections = [*page.network_sections(rows, steps, spec), page.section("Kernels", *kernels)]
    text: str = page.page(program.graph.name, lead, sections)
    return text


def write_page(path: Path, document: Document, program: Program) -> None:
    """Write the page to a file; a file that is there goes only if it is such a page.

    Raises UsageError.
    """
    project.write(replaceable(path, as_html(document, program), is_page, "page of snnc"))


def is_page(text: str) -> bool:
    """Whether a file is such a page, or a report of a script."""
    return text.startswith("<!DOCTYPE html>") and PAGE in text


@dataclass(frozen=True)
class Fused:
    """A neuron layer and the kernel that runs it.

    Bytes are per neuron and time step in fp32; ``sweeps`` has those of each pass over memory.
    """

    layer: str
    kernel: str
    static_input: bool
    bytes_forward: float
    bytes_backward: float
    sweeps: Mapping[str, float]


def fused(program: Program) -> tuple[Fused, ...]:
    """Every layer that a kernel of its own runs, in order; a loop that is written out has none."""
    names = {path: found for found in neurons(program).classes for path in found.layers}
    return tuple(
        _fused(program, region, op, names[op.node].kernel)
        for region, op in program.placed()
        if op.node in names and not (isinstance(region, Scan) and region.form in ("loop", "whole"))
    )


def _fused(program: Program, region: Region, op: Op, kernel: Kernel) -> Fused:
    static = not any(name in program.timed for name in _outside(region, op))
    around, share = _around(program, region), 1 / program.graph.time_steps
    once = share if isinstance(region, Once) else 1.0
    moved = traffic(kernel, around, share if static else 1.0, once)
    return Fused(op.node, around.name(kernel), static, moved.forward, moved.backward, moved.sweeps)


def _outside(region: Region, op: Op) -> list[str]:
    """The values from outside that the kernel of a neuron reads."""
    ops = region.ops if isinstance(region, Scan) else (op,)
    inside = {each.writes for each in ops}
    return [name for each in ops for name in each.reads if name not in inside]


def _around(program: Program, region: Region) -> Around:
    """The operators that run in the kernel of a region besides its neuron."""
    if not isinstance(region, Scan):
        return Around()
    windows = (program.node(op).operator.window() for op in region.ops)
    pooled = region.form in ("pooled", "normed")
    window: Window | None = next(filter(None, windows), None) if pooled else None
    return Around(region.form == "normed", window, region.form == "recurrent")


def _kernels(program: Program) -> Iterator[str]:
    """One line a kernel: its layers, and what it moves."""
    for layers in _grouped(fused(program)).values():
        first, which = layers[0], ", ".join(layer.layer for layer in layers)
        moved = first.bytes_forward + first.bytes_backward
        parts = " + ".join(f"{name} {count:.4g}" for name, count in first.sweeps.items())
        once = "; its input is read once for all steps" if first.static_input else ""
        bytes_moved = f"{moved:.4g} bytes per neuron and time step in training ({parts}, fp32)"
        yield f"kernel {first.kernel} ({which}): {bytes_moved}{once}"
    yield from sentences(program)


def _grouped(layers: Sequence[Fused]) -> dict[tuple[str, bool, float], list[Fused]]:
    groups: dict[tuple[str, bool, float], list[Fused]] = {}
    for layer in layers:
        key = layer.kernel, layer.static_input, layer.bytes_backward
        groups.setdefault(key, []).append(layer)
    return groups


def _cells(row: Placed) -> tuple[str, ...]:
    counts = (row.parameters, row.macs_before, row.macs_after)
    numbers = (f"{count:,}" if count else "" for count in counts)
    return row.name, row.kind, show(row.shape), *numbers, row.reason


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Numbers to the right; the last column is as long as it is."""
    padded = [
        cell.rjust(width) if at in _RIGHT else cell.ljust(width)
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(padded).rstrip()


def _summary(program: Program, rows: Sequence[Placed]) -> Iterator[str]:
    parameters = sum(row.parameters for row in rows)
    before = sum(row.macs_before for row in rows)
    after = sum(row.macs_after for row in rows)
    yield f"{parameters:,} parameters"
    yield hoisted(rows)
    yield from sunk(rows)
    yield from cropped(program)
    share = f" ({1 - after / before:.1%} saved)" if before else ""
    yield f"{before:,} MACs a sample as written, {after:,} as compiled{share}"


def hoisted(rows: Sequence[Placed]) -> str:
    """One sentence: what is computed once instead of T times."""
    names = [r.name for r in rows if r.region == "before" and (r.parameters or r.macs_before)]
    if not names:
        return "nothing is hoisted out of the time loop"
    return f"hoisted out of the time loop: {', '.join(names)}"


def sunk(rows: Sequence[Placed]) -> Iterator[str]:
    """One sentence, if something that was written before a readout runs after it."""
    names = [row.name for row in rows if row.region == "after" and row.reason.startswith("sunk")]
    if names:
        yield f"sunk after the time loop: {', '.join(names)}"


def cropped(program: Program) -> Iterator[str]:
    """One sentence, if part of a map reaches no output."""
    cuts = [f"{name} to {show(corner)}" for name, corner in program.cropped]
    if cuts:
        yield f"cropped to what reaches an output: {', '.join(cuts)}"
