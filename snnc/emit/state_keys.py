"""The names under which a network keeps its state between calls: one list, which calls check."""

from collections.abc import Collection, Iterator

from snnc.emit.feedback import neuron_of
from snnc.emit.literal import access
from snnc.emit.neurons import Neurons
from snnc.program.types import Op, Program, Region, Scan

_COUNTS = {"steps_done": "t", "call_seed": "seed"}
"""What keeps a number of its own, by the function that a call uses for it."""


def state_keys(program: Program, neurons: Neurons, uses: Collection[str]) -> tuple[str, ...]:
    """All keys, in the order of the network; ``uses`` are the functions that a call uses."""
    states = {path: c.kernel.written.states for c in neurons.classes for path in c.layers}
    found = [key for region in program.regions for key in _of(program, region, states)]
    return (*found, *(key for function, key in _COUNTS.items() if function in uses))


def _of(program: Program, region: Region, states: dict[str, tuple[str, ...]]) -> Iterator[str]:
    if isinstance(region, Scan) and region.form == "loop":
        yield from (carry.name for carry in region.carries)
    elif isinstance(region, Scan) and region.form == "whole":
        for link in region.links:
            cells = [op.node for op in link if op.node in states]
            yield from (f"{cell}.{state}" for cell in cells for state in states[cell])
            yield from (f"{cell}@-1" for cell in cells if len(link) > 1)
    elif isinstance(region, Scan):
        cell = neuron_of(program, region)
        yield from (f"{cell.node}.{state}" for state in states[cell.node])
        if region.form == "recurrent":
            yield f"{cell.node}@-1"
    else:
        yield from (_name(op) for op in region.ops if "" in program.node(op).operator.carries())


def _name(op: Op) -> str:
    """The name that a delay, whether an edge or a layer, is called with."""
    return op.node if "@" in op.node else access(op.node)
