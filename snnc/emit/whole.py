"""Chains of layers that run in one kernel: what they consist of, and their call."""

from collections.abc import Iterator, Mapping, Sequence

from snnc.backends import whole
from snnc.emit.literal import access
from snnc.emit.neurons import NeuronClass
from snnc.emit.python_format import statement
from snnc.emit.scope import FunctionScope
from snnc.encoder import Encoder
from snnc.kernel.types import Kernel
from snnc.kernel.whole import HOW, Cells, Draw, Product, Whole
from snnc.program.types import Op, Program, Scan
from snnc.randomness import literal

TABLE = "WHOLE"
"""The table of chains in kernels.py, as networks import it."""


def chains(program: Program, classes: Sequence[NeuronClass]) -> list[Whole]:
    """The kernel of each chain of a network that has these neurons."""
    kernels = {path: found.kernel for found in classes for path in found.layers}
    return [_chain(program, region, kernels) for region in program.regions if is_chain(region)]


def is_chain(region: object) -> bool:
    """Whether a region is a chain in one kernel."""
    return isinstance(region, Scan) and region.form == "whole"


def _chain(program: Program, region: object, kernels: Mapping[str, Kernel]) -> Whole:
    assert isinstance(region, Scan)
    *layers, readout = region.ops
    static = layers[0].reads[0] not in program.timed
    drawn, flat, layers = parted(program, layers)
    (how,) = (how for how in HOW if how == program.node(readout).operator.kind)
    stages = tuple(_stage(program, op, kernels) for op in layers)
    if drawn:
        (width,) = program.node(layers[0]).shapes[0]
        stages = (Draw(width, bool(flat)), *stages)
    return Whole(named(region), tuple(op.node for op in layers), stages, how, static)


def _stage(program: Program, op: Op, kernels: Mapping[str, Kernel]) -> Product | Cells:
    node = program.node(op)
    if op.node in kernels:
        return Cells(kernels[op.node], node.shape[0])
    ((reads,),), (width,) = node.shapes, node.shape
    bias = node.operator.parameters((reads,)) > reads * width
    return Product(reads, width, bias)


def named(region: Scan) -> str:
    """The name of a chain: that of its last layer."""
    return region.ops[-2].node.replace(".", "_")


def call(program: Program, region: Scan, scope: FunctionScope) -> None:
    """The statement that runs a chain: modules are handed over, no weight is read here."""
    *layers, readout = region.ops
    value = layers[0].reads[0]
    drawn, flat, _ = parted(program, layers)
    static = scope.layouts[value] == "static"
    x = scope.use(value, "static" if static else "timed")
    modules = [f"self.{access(op.node)}" for op in layers if op not in drawn]
    scope.uses |= {"time_steps"} if static else set()
    scope.uses |= {TABLE, "state", *(["seed", "first"] if drawn else [])}
    draw = [f"draw=(seed, {literal(op.node)}, first)" for op in drawn]
    how = [*["time_steps=time_steps"] * static, *draw, "state=state"]
    arguments = ", ".join([f'"{named(region)}"', x, *modules, *how])
    scope.assign(readout.writes, f"{TABLE}.run({arguments})", "static")


def parted(
    program: Program, layers: Sequence[Op]
) -> tuple[Sequence[Op], Sequence[Op], Sequence[Op]]:
    """The encoder that draws, the layer that makes vectors, if they are there, and the rest."""
    drawn = [op for op in layers if isinstance(program.node(op).operator, Encoder)]
    flat = [op for op in layers if program.node(op).operator.flattens]
    return drawn, flat, [op for op in layers if op not in drawn and op not in flat]


def texts(found: Sequence[Whole]) -> str:
    """The C of all chains."""
    return "\n".join(map(whole.loops, found))


def table(found: Sequence[Whole]) -> str:
    """Their entries in the table."""
    return "\n".join(line for each in found for line in _entry(each))


def _entry(w: Whole) -> Iterator[str]:
    stages = ", ".join(map(_printed, w.stages))
    end = "," if len(w.stages) == 1 else ""
    static = ", static=True" if w.static else ""
    yield from statement(f'"{w.name}": Chain(({stages}{end}), "{w.how}"{static}),', 8)


def _printed(stage: Draw | Product | Cells) -> str:
    if isinstance(stage, Draw):
        return f"Draw({stage.width}{', flat=True' if stage.flat else ''})"
    if isinstance(stage, Cells):
        return f'Neurons("{stage.kernel.name}", {stage.width})'
    return f"Product({stage.reads}, {stage.width}{'' if stage.bias else ', bias=False'})"
