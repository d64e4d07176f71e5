"""Shapes of one sample, through delayed edges that lead down the list too.

The components of the graph are settled one after the other, each after those that it reads. What is
in no cycle is computed once, from shapes that are known; ``cycle_shapes`` says what a cycle needs.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod

from snnc.graph.assumed import assumed
from snnc.graph.cycle_shapes import settled
from snnc.graph.cycles import components
from snnc.graph.draft import Draft
from snnc.layer import Operator
from snnc.opaque import Opaque
from snnc.shapes import Shape, ShapeError
from snnc.sizes import MOST

UNREAD = ""
"""In place of the name of a source that is not known."""


@dataclass
class Shapes:
    """All shapes; a node whose inputs are in doubt is left out, or ``assumed`` to have one."""

    operators: dict[str, Operator] = field(default_factory=dict)
    inputs: dict[str, tuple[Shape, ...]] = field(default_factory=dict)
    output: dict[str, Shape] = field(default_factory=dict)
    errors: dict[str, ShapeError] = field(default_factory=dict)
    assumed: set[str] = field(default_factory=set)

    def place(self, entry: Draft, known: Mapping[str, Shape]) -> None:
        """Adds an operator, or what is wrong with it, unless something that it needs is unknown."""
        if not all(name in known for name in entry.needs):
            return
        self.operators[entry.name] = entry.sized(known)
        self.inputs[entry.name] = entry.inputs(known)
        try:
            self.output[entry.name] = entry.shape(known)
        except ShapeError as error:
            self.errors[entry.name] = error


def infer(entries: Sequence[Draft], doubtful: Collection[str] = ()) -> Shapes:
    """The shapes of all entries, and errors; ``doubtful`` ones have no shape.

    Behind an error, shapes are assumed as far as layers state them, for the sake of further errors.
    """
    found = Shapes()
    by_name = {entry.name: entry for entry in entries if _told(entry, doubtful)}
    cyclic = False
    for names in components({name: entry.needs for name, entry in by_name.items()}):
        group = [by_name[name] for name in names]
        if len(group) == 1 and names[0] not in group[0].needs:
            found.place(group[0], found.output)
            continue
        known, endless = settled(group, found.output)
        cyclic = True
        for entry in group:
            found.place(entry, known)
        found.errors |= endless
    if len(found.output) < len(entries) and not cyclic:
        _assume([entry for entry in entries if entry.name not in doubtful], found)
    return found


def _told(entry: Draft, doubtful: Collection[str]) -> bool:
    """Whether an operator can say its shape."""
    unknown = entry.name in doubtful or UNREAD in entry.sources
    return not unknown and not isinstance(entry.operator, Opaque)


def _assume(entries: Sequence[Draft], found: Shapes) -> None:
    """Goes on down the list with shapes that would be there without the errors."""
    for entry in entries:
        if entry.name in found.output:
            continue
        known = all(name in found.output for name in entry.needs)
        if known and _told(entry, ()):
            found.place(entry, found.output)
        if entry.name not in found.output:
            shapes = entry.inputs(found.output) if known else ()
            shape = assumed(entry.operator, shapes, found.errors.get(entry.name))
            if shape is None or prod(shape) > MOST:  # every reader would be too large as well
                continue
            found.output[entry.name] = shape
        found.assumed.add(entry.name)


def fits(operator: Operator, *shapes: Shape) -> bool:
    """Whether an operator takes inputs of these shapes."""
    try:
        operator.shape(*shapes)
    except ShapeError:
        return False
    return True
