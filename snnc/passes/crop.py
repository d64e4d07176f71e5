"""Crop: what reaches no output is cut off, and not computed.

Pooling of an odd size leaves out the last row and column; so part of every earlier map is for
nothing. How much of each value is needed is found backwards from the outputs, by what each layer
says (``corners``). A value is then cut to that corner in front of the first layer that multiplies
less for it; what follows is smaller by itself. Every number that is still computed is the same.

Nothing is cut in front of what couples all of a map (a batch normalisation, Flatten), draws for
each element, has a number for each neuron, or remembers values for a delay.
"""

from dataclasses import dataclass, replace

from snnc.layer import Shape, ShapeError
from snnc.past import Past
from snnc.program.corner import Shapes, made, wanted
from snnc.program.types import Op, Program

Crops = tuple[tuple[str, Shape], ...]


@dataclass(frozen=True)
class Crop:
    """Cuts values to the corner from which the outputs are computed."""

    name: str = "crop"
    optional: bool = True
    stepwise: bool = True
    hides_values: bool = True

    def apply(self, given: Program) -> Program:
        uneven: frozenset[str] = frozenset()
        while isinstance(found := _crops(given, wanted(given, uneven)), str):
            uneven |= {found}
        return replace(given, cropped=found)


def _crops(given: Program, want: Shapes) -> Crops | str:
    """What to cut; or the value for which what would remain does not fit together."""
    have: dict[str, Shape] = {}
    crops: dict[str, Shape] = {}
    for _, op in given.placed():
        try:
            have[op.writes] = made(given, op, have)
        except ShapeError:
            return op.writes
        if _pays(given, op, have[op.writes], want[op.writes]):
            have[op.writes] = crops[op.writes] = want[op.writes]
    return tuple(crops.items())


def _pays(given: Program, op: Op, have: Shape, want: Shape) -> bool:
    """Whether some layer that reads it multiplies less if it is cut."""
    if have == want or isinstance(given.node(op).operator, Past):
        return False
    readers = (given.node(o).operator for _, o in given.placed() if o.reads == (op.writes,))
    return any(reader.macs(want) < reader.macs(have) for reader in readers)
