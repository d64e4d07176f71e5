"""The laws of what is cropped: outputs are whole, and nothing that they need is cut off."""

from collections.abc import Iterator

from snnc.graph.delayed_edge import Past
from snnc.program.crops import corners, wanted
from snnc.program.types import Program, Region, Scan
from snnc.shapes import Shape, ShapeError, show


def unlawful(program: Program) -> Iterator[str]:
    """Violations of the laws of crops in a program, one sentence each."""
    if not program.cropped:
        return
    inside = {name for region in program.regions for name in _inside(program, region)}
    for name, corner in program.cropped:
        if name not in program.whole or name in inside:
            yield f"{name} is cropped, but is no value of its own"
        elif not _a_corner(corner, program.whole[name]):
            yield f"{name} is cropped to what is no corner of it"
    try:
        have, want = corners(program), wanted(program)
    except (KeyError, ShapeError) as error:
        yield f"what is cropped does not fit together: {error}"
        return
    for name, shape in want.items():
        if not _holds(have[name], shape):
            yield f"{name} is cropped to {show(have[name])}, but {show(shape)} is needed"


def _inside(program: Program, region: Region) -> Iterator[str]:
    """The values that are never on their own: what a kernel keeps to itself, and pasts."""
    kernel = isinstance(region, Scan) and region.form != "loop"
    yields = region.yields if isinstance(region, Scan) else ()
    for op in region.ops:
        past = isinstance(program.node(op).operator, Past)
        if past or (kernel and op.writes not in yields and not program.once(region, op)):
            yield op.writes


def _a_corner(corner: Shape, whole: Shape) -> bool:
    return corner[:1] == whole[:1] and min(corner) > 0 and _holds(whole, corner)


def _holds(have: Shape, want: Shape) -> bool:
    return len(have) == len(want) and all(a >= b for a, b in zip(have, want, strict=True))
