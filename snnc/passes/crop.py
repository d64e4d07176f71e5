"""Crop: rows and columns of maps that reach no output are cut off.

Pooling of an odd size ignores the last row and column, so a part of every earlier map is computed
for nothing. The pass finds the needed part of each value backwards from the outputs: each layer
states it in ``corners``. A value is then cut to that corner before the first layer that
multiplies less for it, and every later layer becomes smaller. Cropping changes no number that is
still computed.

A map stays whole before a layer that reads all of it (batch norm, Flatten), draws a number for
each element, has a parameter for each neuron, or remembers values for a delay.
"""

from dataclasses import dataclass, replace

from snnc.graph.delayed_edge import Past
from snnc.program.crops import Shapes, made, wanted
from snnc.program.types import Op, Program
from snnc.shapes import Shape, ShapeError

Crops = tuple[tuple[str, Shape], ...]


@dataclass(frozen=True)
class Crop:
    """Cuts values to the corner that the outputs need."""

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
    """The cuts; or the value whose remaining parts would not fit together."""
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
    """Whether some layer that reads a value multiplies less if the value is cut."""
    if have == want or isinstance(given.node(op).operator, Past):
        return False
    alone = (o for o in given.readers.get(op.writes, ()) if o.reads == (op.writes,))
    readers = (given.node(o).operator for o in alone)
    return any(reader.macs(want) < reader.macs(have) for reader in readers)
