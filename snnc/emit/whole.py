"""Chains of layers that run in one kernel: what they consist of, and their call."""

from collections.abc import Iterator, Mapping, Sequence
from math import prod

from snnc.backends import whole
from snnc.emit.feedback import neuron_in
from snnc.emit.literal import access
from snnc.emit.neurons import NeuronClass
from snnc.emit.python_format import statement
from snnc.emit.scope import FunctionScope
from snnc.encoder import Encoder
from snnc.graph.types import Node
from snnc.kernel.types import Kernel
from snnc.kernel.whole import HOW, Cells, Draw, Feedback, Product, Stage, Whole
from snnc.program.links import outside
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
    *parts, (readout,) = region.links
    (how,) = (how for how in HOW if how == program.node(readout).operator.kind)
    stages = tuple(_stages(program, parts, kernels))
    static = region.ops[0].reads[0] not in program.timed
    return Whole(named(region), stages, how, static)


def _stages(
    program: Program, parts: Sequence[tuple[Op, ...]], kernels: Mapping[str, Kernel]
) -> Iterator[Stage]:
    """The stages of links; spikes that are drawn become vectors where they are."""
    flat = any(program.node(op).operator.flattens for op, *_ in parts)
    for op, *more in parts:
        node = program.node(op)
        if isinstance(node.operator, Encoder):
            yield Draw(prod(node.shape), flat)
        elif more:
            yield _feedback(program, (op, *more), kernels)
        elif op.node in kernels:
            yield Cells(kernels[op.node], node.shape[0])
        elif not node.operator.flattens:
            yield Product(node.shapes[0][0], node.shape[0], _biased(node))


def _feedback(program: Program, link: tuple[Op, ...], kernels: Mapping[str, Kernel]) -> Feedback:
    cell, product = neuron_in(program, link), _product(program, link)
    width = program.node(cell).shape[0]
    join = next((op for op in link if program.node(op).operator.concatenates), None)
    before = join is not None and join.reads[0] not in outside(link)
    reads = program.node(product).shapes[0][0] - width
    return Feedback(kernels[cell.node], reads, width, _biased(program.node(product)), before)


def _product(program: Program, link: tuple[Op, ...]) -> Op:
    return next(op for op in link if program.node(op).operator.product)


def _biased(node: Node) -> bool:
    return node.operator.parameters(*node.shapes) > node.operator.macs(*node.shapes)


def _modules(program: Program, region: Scan) -> Iterator[str]:
    """The modules that a chain is made of; a layer through which an output comes back is first."""
    *parts, _ = region.links
    for op, *more in parts:
        if more:
            link = (op, *more)
            yield f"self.{access(_product(program, link).node)}"
            yield f"self.{access(neuron_in(program, link).node)}"
        elif not isinstance(program.node(op).operator, Encoder):
            yield f"self.{access(op.node)}"


def named(region: Scan) -> str:
    """The name of a chain: that of its last layer."""
    return region.ops[-2].node.replace(".", "_")


def call(program: Program, region: Scan, scope: FunctionScope) -> None:
    """The statement that runs a chain: modules are handed over, no weight is read here."""
    first, readout = region.ops[0], region.ops[-1]
    (value,) = outside(region.links[0])
    static = scope.layouts[value] == "static"
    x = scope.use(value, "static" if static else "timed")
    drawn = isinstance(program.node(first).operator, Encoder)
    scope.uses |= {TABLE, "state"}
    scope.uses |= ({"time_steps"} if static else set()) | ({"seed", "first"} if drawn else set())
    how = ["time_steps=time_steps"] * static + ["state=state"]
    how[-1:-1] = [f"draw=(seed, {literal(first.node)}, first)"] * drawn
    arguments = ", ".join([f'"{named(region)}"', x, *_modules(program, region), *how])
    scope.assign(readout.writes, f"{TABLE}.run({arguments})", "static")


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


def _printed(stage: Stage) -> str:
    if isinstance(stage, Draw):
        return f"Draw({stage.width}{', flat=True' if stage.flat else ''})"
    if isinstance(stage, Cells):
        return f'Neurons("{stage.kernel.name}", {stage.width})'
    bias = "" if stage.bias else ", bias=False"
    if isinstance(stage, Product):
        return f"Product({stage.reads}, {stage.width}{bias})"
    before = ", before=True" if stage.before else ""
    return f'Feedback("{stage.kernel.name}", {stage.reads}, {stage.width}{bias}{before})'
