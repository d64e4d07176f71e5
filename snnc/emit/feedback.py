"""Neurons that run in one kernel with the feedback around them: what it consists of, its call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from snnc.emit.literal import access
from snnc.emit.scope import FunctionScope
from snnc.graph.delayed_edge import Past
from snnc.kernel.build import Front
from snnc.layer import Layer
from snnc.neuron import Neuron
from snnc.program.types import Op, Program, Scan


@dataclass(frozen=True)
class How:
    """The operators in front of a neuron in its kernel, and whether its feedback has a weight."""

    fronts: tuple[Front, ...] = ()
    recurrent: bool = False


def feedbacks(program: Program) -> Mapping[str, How]:
    """The feedback of each neuron that is not alone in its kernel, by its path."""
    found = dict[str, How]()
    for region in program.regions:
        if isinstance(region, Scan) and region.form == "whole":
            fed = (neuron_in(program, link) for link in region.links if len(link) > 1)
            found |= {cell.node: How(recurrent=True) for cell in fed}
        if not isinstance(region, Scan) or region.form in ("loop", "pooled", "normed", "whole"):
            continue
        if len(region.ops) > 1:
            cell = neuron_of(program, region)
            found[cell.node] = _how(program, region, cell)
    return found


def neuron_of(program: Program, region: Scan) -> Op:
    """The neuron of a kernel."""
    return neuron_in(program, region.ops)


def neuron_in(program: Program, ops: Sequence[Op]) -> Op:
    """The neuron among ops."""
    return next(op for op in ops if _stateful(program, op))


def _stateful(program: Program, op: Op) -> bool:
    operator = program.node(op).operator
    return isinstance(operator, Neuron) and bool(operator.states)


def _how(program: Program, region: Scan, cell: Op) -> How:
    if region.form == "recurrent":
        return How(recurrent=True)
    merge = _merge(program, region, cell)
    layer, neuron = program.node(merge).operator, program.node(cell).operator
    assert isinstance(layer, Layer)
    assert isinstance(neuron, Neuron)
    delays = tuple(_delay(program, region, name) for name in merge.reads)
    port = neuron.inputs[cell.reads.index(merge.writes)]
    below = merge.node.startswith(f"{cell.node}.")
    module = merge.node.removeprefix(f"{cell.node}.") if below else ""
    return How((Front(layer, delays, port, module),))


def _merge(program: Program, region: Scan, cell: Op) -> Op:
    pasts = (op for op in region.ops if isinstance(program.node(op).operator, Past))
    rest = {op.writes: op for op in region.ops}
    for op in (*pasts, cell):
        rest.pop(op.writes)
    (merge,) = rest.values()
    return merge


def _delay(program: Program, region: Scan, name: str) -> int:
    """The delay of the kernel's own output in time steps; 0 for a value from outside."""
    if name not in {op.writes for op in region.ops}:
        return 0
    operator = program.graph[name].operator
    assert isinstance(operator, Past)
    return operator.steps


def inputs(program: Program, region: Scan) -> list[str]:
    """The values that a kernel reads, in the order of its inputs."""
    cell, inside = neuron_of(program, region), {op.writes: op for op in region.ops}
    if region.form in ("pooled", "normed"):
        return [*region.ops[0].reads]
    reads = [n for name in cell.reads for n in (inside[name].reads if name in inside else (name,))]
    return [name for name in reads if name not in inside]


def recurrent(program: Program, region: Scan, scope: FunctionScope) -> str:
    """``self.hidden(x, linear=self.mix)``: a module comes back, and no weight is read here."""
    cell, inside = neuron_of(program, region), {op.writes: op for op in region.ops}
    product = next(op for op in region.ops if program.node(op).operator.product)
    (outside,) = (n for op in region.ops for n in op.reads if n not in inside)
    static = scope.layouts[outside] == "static"
    x = scope.use(outside, "static" if static else "timed")
    join = next((op for op in region.ops if program.node(op).operator.concatenates), None)
    beside = [] if join is None else [_beside(program, join, outside)]
    args = [x, f"linear=self.{access(product.node)}", *beside, *over_time(scope, static)]
    return f"self.{access(cell.node)}({', '.join(args)})"


def over_time(scope: FunctionScope, static: bool) -> list[str]:
    """The keywords of a neuron's call: how often a static input is read, and the state."""
    scope.uses |= {"time_steps"} if static else set()
    scope.uses |= {"state"} if scope.streams else set()
    return ["time_steps=time_steps"] * static + ["state=state"] * scope.streams


def _beside(program: Program, join: Op, outside: str) -> str:
    """The keyword that says on which side of x, and how wide, the output stands."""
    first, second = (program.graph[name].shape[0] for name in join.reads)
    return f"behind={second}" if join.reads[0] == outside else f"before={first}"
