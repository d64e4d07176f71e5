"""Shapes of one sample, through delayed edges that lead down the list too.

The components of the graph are settled one after the other, each after those that it reads. What is
in no cycle is computed once, from shapes that are known; ``cycle_shapes`` says what a cycle needs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from snnc.graph.cycle_shapes import settled
from snnc.graph.cycles import components
from snnc.graph.draft import Draft
from snnc.layer import Operator
from snnc.shapes import Shape, ShapeError


@dataclass
class Shapes:
    """All shapes; a node whose inputs are in doubt is left out."""

    operators: dict[str, Operator] = field(default_factory=dict)
    inputs: dict[str, tuple[Shape, ...]] = field(default_factory=dict)
    output: dict[str, Shape] = field(default_factory=dict)
    errors: dict[str, ShapeError] = field(default_factory=dict)

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


def infer(entries: Sequence[Draft]) -> Shapes:
    """The shapes of all entries."""
    found = Shapes()
    by_name = {entry.name: entry for entry in entries}
    for names in components({entry.name: entry.needs for entry in entries}):
        group = [by_name[name] for name in names]
        if len(group) == 1 and names[0] not in group[0].needs:
            found.place(group[0], found.output)
            continue
        known, endless = settled(group, found.output)
        for entry in group:
            found.place(entry, known)
        found.errors |= endless
    return found
