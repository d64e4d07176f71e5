"""Corners of values in a Program with crops: the needed part and the existing part."""

from collections.abc import Mapping

from snnc.encoder import Encoder
from snnc.program.types import Op, Program
from snnc.shapes import Shape

Shapes = Mapping[str, Shape]


def corners(program: Program) -> Shapes:
    """The shape that each value has once it is cropped, of one sample.

    Raises:
        ShapeError: what remains of an operator's inputs does not fit together.
    """
    kept, found = dict(program.cropped), dict[str, Shape]()
    for _, op in program.placed():
        found[op.writes] = kept.get(op.writes) or made(program, op, found)
    return found


def made(program: Program, op: Op, corners: Shapes) -> Shape:
    """The shape of what an op computes of inputs that are ``corners``. Raises ShapeError."""
    whole = inputs(program, op, {})
    given = inputs(program, op, corners)
    return program.shape(op) if given == whole else program.node(op).operator.shape(*given)


def inputs(program: Program, op: Op, corners: Shapes) -> tuple[Shape, ...]:
    """The shapes of what an op reads; what is not among ``corners`` is whole."""
    node = program.node(op)
    if isinstance(node.operator, Encoder):
        return node.shapes
    return tuple(corners.get(name) or program.whole[name] for name in op.reads)


def wanted(program: Program, uneven: frozenset[str] = frozenset()) -> Shapes:
    """The smallest corner of each value that gives the same outputs and gradients.

    What the ops that write ``uneven`` read is wanted whole.
    """
    ops = [op for _, op in program.placed() if not isinstance(program.node(op).operator, Encoder)]
    read = {name for op in ops for name in op.reads}
    ends = {*program.graph.outputs, *program.graph.watched, *(program.whole.keys() - read)}
    found = {n: shape if n in ends else smallest(shape) for n, shape in program.whole.items()}
    before: Shapes = {}
    while before != found:  # a cycle may want more of itself
        before = dict(found)
        for op in reversed(ops):
            given = inputs(program, op, {})
            operator, corner = program.node(op).operator, found[op.writes]
            needs = given if op.writes in uneven else operator.corners(corner, *given)
            for name, need in zip(op.reads, needs, strict=True):
                found[name] = tuple(map(max, found[name], need))
    return found


def smallest(shape: Shape) -> Shape:
    """The corner of one element of each axis behind the channels."""
    return (*shape[:1], *(1 for _ in shape[1:]))


def reach(shape: Shape, want: Shape) -> str:
    """The part of a map that reaches an output: ``20 of 26 rows and columns reach an output``."""
    names = {2: ("positions",), 3: ("rows", "columns")}.get(
        len(shape), ("slices", "rows", "columns")
    )
    axes = [*zip(names, want[1:], shape[1:], strict=True)]
    if len({axis[1:] for axis in axes}) == 1:
        few, all = axes[0][1:]
        return f"{few} of {all} {' and '.join(', '.join(names).rsplit(', ', 1))} reach an output"
    parts = ", ".join(f"{few} of {all} {name}" for name, few, all in axes if few < all)
    return f"{parts} reach an output"
