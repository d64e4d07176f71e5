"""A Program as text: what people read and pass tests compare."""

from collections.abc import Iterator

from snnc.program.crops import Shapes, corners
from snnc.program.types import Fold, Once, Op, Program, Region, Scan
from snnc.shapes import show


def text(program: Program) -> str:
    """One line a region, one an op: ``name = Kind(reads)  [shape]``."""
    head = f"program {program.graph.name}, T = {program.graph.time_steps}\n"
    dropped = "".join(f"dropped {name}: {reason}\n" for name, reason in program.dropped)
    have = corners(program)
    return head + "".join(_region(program, region, have) for region in program.regions) + dropped


def _region(program: Program, region: Region, have: Shapes) -> str:
    return "".join(f"{line}\n" for line in (_title(region), *_ops(program, region, have)))


def _title(region: Region) -> str:
    match region:
        case Once():
            return "once"
        case Fold():
            return "fold"
        case Scan(carries=carries, yields=yields, form=form):
            states = ", ".join(f"{c.name} = {c.init}" for c in carries) or "nothing"
            return f"scan {form}, carries {states}, yields {', '.join(yields) or 'nothing'}"


def _ops(program: Program, region: Region, have: Shapes) -> Iterator[str]:
    for op in region.ops:
        left, shape = show(have[op.writes]), show(program.shape(op))
        of = f" of {shape}" if left != shape else ""
        cut = ", cropped here" if op.writes in program.crops else ""
        yield f"  {_call(program, op):<40} {left}{of}{cut}"


def _call(program: Program, op: Op) -> str:
    return f"{op.writes} = {program.node(op).operator.kind}({', '.join(op.reads)})"
