"""Laws that every Program obeys, whatever passes did to it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from snnc.encoder import Encoder
from snnc.graph.cycles import components
from snnc.graph.delayed_edge import Past
from snnc.graph.types import Node
from snnc.layer import Operator
from snnc.neuron import Neuron
from snnc.program.cropped import unlawful
from snnc.program.links import outside
from snnc.program.lower import times, whole
from snnc.program.types import Fold, Once, Op, Program, Region, Scan, carries, data
from snnc.readout import Readout


class IllegalProgram(Exception):
    """A pass broke a law of the representation: a bug of snnc, never of the spec."""


def verify(program: Program) -> Program:
    """``program`` itself, if it obeys every law.

    Raises:
        IllegalProgram: with the law and the op that breaks it.
    """
    _each_node_once(program)
    _each_op(program)
    _outputs(program)
    _defined_before_use(program)
    for region, op in program.placed():
        _fits(program, region, op)
    for region in program.regions:
        if isinstance(region, Scan):
            _scan(program, region)
    for sentence in unlawful(program):
        raise IllegalProgram(sentence)
    return program


def minimal(program: Program) -> Program:
    """``program`` itself, if each of its loops is exactly one cycle.

    Raises:
        IllegalProgram: something is looped that need not be.
    """
    for region in program.regions:
        if not isinstance(region, Scan) or region.form in ("pooled", "normed", "whole"):
            continue
        if len(region.ops) > 1 and not region.cyclic:
            groups = components({op.writes: op.reads for op in region.ops})
            raise IllegalProgram(f"{', '.join(groups[0])} is in a loop but not in its cycle")
    return program


def _each_node_once(program: Program) -> None:
    """A readout may read each of several values; what is dropped gives a reason."""
    counts = Counter(op.node for _, op in program.placed())
    dropped = {name for name, reason in program.dropped if reason}
    for node in program.graph.steps:
        count, several = counts[node.path], isinstance(node.operator, Readout)
        if node.path in dropped and not count and not _updates(node):
            continue
        if count < 1 or (count > 1 and not several) or node.path in dropped:
            raise IllegalProgram(f"{node.path} runs in {count} places, not in one")
    for name in counts.keys() - {node.path for node in program.graph.steps}:
        raise IllegalProgram(f"{name} runs but is no node of the graph")


def _updates(node: Node) -> bool:
    return any(mode.updates for mode in node.modes)


def _each_op(program: Program) -> None:
    """Every op reads what its node reads, or what a readout makes of it."""
    made = {op.writes: op.reads[0] for op in _readouts(program) if op.writes != op.node}
    for _, op in program.placed():
        node = program.node(op)
        reads = tuple(made.get(name, name) for name in op.reads)
        if op.writes not in made and reads != node.reads:
            raise IllegalProgram(f"{op.node} reads {', '.join(op.reads)}, not what its node reads")
        if op.times != times(program.graph, node):
            want = times(program.graph, node)
            raise IllegalProgram(f"{op.node} stands for {op.times} executions, not {want}")


def _readouts(program: Program) -> Iterable[Op]:
    ops = (op for _, op in program.placed())
    return (op for op in ops if isinstance(program.node(op).operator, Readout))


def _outputs(program: Program) -> None:
    """Each output is written once: by its readout, or by the layer that it would have read."""
    for name in program.graph.outputs:
        writers = [op.node for op in program.writers.get(name, ())]
        if writers not in ([name], [program.graph[name].reads[0]]):
            raise IllegalProgram(f"{name} is written by {', '.join(writers) or 'nothing'}")
    for _, op in program.placed():
        strange = op.writes != op.node and op.writes not in program.graph.answers
        if strange and not isinstance(program.node(op).operator, Readout):
            raise IllegalProgram(f"{op.node} writes {op.writes}")


def _defined_before_use(program: Program) -> None:
    """A delay reads what its own loop computes later; everything else what is there."""
    known = {data(name) for name in program.graph.inputs}
    for region in program.regions:
        inside = {op.writes for op in region.ops} if isinstance(region, Scan) else set()
        written: set[str] = set()
        for op in region.ops:
            late = inside if isinstance(program.node(op).operator, Past) else set()
            for name in op.reads:
                if not (name in known or name in written or name in late):
                    raise IllegalProgram(f"{op.node} reads {name} before it is there")
            written.add(op.writes)
        known |= set(region.yields) if isinstance(region, Scan) else written


def _fits(program: Program, region: Region, op: Op) -> None:
    node = program.node(op)
    operator, modes, once = node.operator, node.modes, isinstance(region, Once)
    timed = once and any(name in program.timed for name in op.reads)
    if timed and not isinstance(operator, Readout):
        raise IllegalProgram(f"{op.node} runs once but reads a value that changes over time")
    if once and any(m.time in ("causal", "indexed") or m.random == "step" for m in modes):
        raise IllegalProgram(f"{op.node} runs once but {operator.why()}")
    if not once and isinstance(operator, Readout) and not _last(region, op):
        raise IllegalProgram(f"{op.node} is a readout and runs once, after time")
    causal = any(m.time == "causal" for m in modes) and not operator.over_time
    if isinstance(region, Fold) and causal:
        raise IllegalProgram(f"{op.node} has a state and cannot run on all steps at once")
    inside = isinstance(region, Scan) and not (_first(region, op) or _last(region, op))
    if inside and whole(node):
        raise IllegalProgram(f"{op.node} needs every step at once and cannot be in a loop")


def _first(region: Scan, op: Op) -> bool:
    """Whether an op runs before the time steps of a kernel."""
    return region.form == "normed" and op is region.ops[0]


def _last(region: Region, op: Op) -> bool:
    """Whether an op runs behind the time steps of a kernel."""
    return isinstance(region, Scan) and region.form == "whole" and op is region.ops[-1]


def _scan(program: Program, region: Scan) -> None:
    names = {op.writes for op in region.ops}
    if region.carries != carries(program.graph, region.ops):
        raise IllegalProgram(f"the loop over {', '.join(sorted(names))} loses a state")
    cells = [op for op in region.ops if isinstance(program.node(op).operator, Neuron)]
    stateful = [op for op in cells if program.node(op).operator.carries()]
    if region.form not in ("loop", "whole") and len(stateful) != 1:
        raise IllegalProgram("a kernel runs one neuron")
    if region.form == "pooled":
        _pooled(program, region)
    elif region.form == "normed":
        _normed(program, region)
    elif region.form == "whole":
        _whole(program, region)
    elif region.form != "loop" and len(region.ops) > 1 and not region.cyclic:
        raise IllegalProgram("a kernel runs one neuron and its feedback")
    if not names.issuperset(region.yields):
        raise IllegalProgram("a loop yields what it does not compute")


def _whole(program: Program, region: Scan) -> None:
    """A chain of which each op but the first reads the one before and nobody else does."""
    *layers, last = region.ops
    readout = program.node(last).operator
    if not layers or not isinstance(readout, Readout):
        raise IllegalProgram("a kernel of a chain ends with a readout")
    if readout.reads_lengths:
        raise IllegalProgram(f"{last.writes} reads lengths, which no kernel knows")
    for link, after in pairwise(region.links):
        end = link[-1]
        if len(link) == 1 and not _chains(program.node(end).operator):
            raise IllegalProgram(f"{end.node} is neither a product nor a neuron: no chain has it")
        others = {*program.readers[end.writes]} - {*link}
        if {*outside(after)} != {end.writes} or not others <= {*after}:
            raise IllegalProgram(f"{end.writes} is read, but only its kernel knows it")
    first = program.node(region.ops[0]).operator
    if region.ops[0].reads[0] not in program.timed and first.product:
        raise IllegalProgram(f"{region.ops[0].node} is the same at every step, but in a kernel")


def _chains(operator: Operator) -> bool:
    """Whether an operator alone may be a link of a chain."""
    drawn = isinstance(operator, Encoder) or operator.flattens
    return operator.product or isinstance(operator, Neuron) or drawn


def _normed(program: Program, region: Scan) -> None:
    """A normalisation that only its neuron reads, then that neuron, alone or with windows."""
    norm, cell, *rest = region.ops
    readers = program.readers.get(norm.writes, ())
    if not program.node(norm).operator.normalises or cell.reads != (norm.writes,):
        raise IllegalProgram("a kernel runs a normalisation and one neuron that reads it")
    if {*readers} != {cell} or norm.writes in region.yields:
        raise IllegalProgram(f"{norm.writes} is read, but only its neuron knows it")
    if rest:
        _pooled(program, replace(region, ops=(cell, *rest), form="pooled"))


def _pooled(program: Program, region: Scan) -> None:
    """One neuron, then windows of what it gives, which is all that anybody reads."""
    cell, *rest = region.ops
    after = [op for op in rest if program.node(op).operator.window() and op.reads == (cell.writes,)]
    if len(rest) != 1 or after != rest or not isinstance(program.node(cell).operator, Neuron):
        raise IllegalProgram("a kernel runs one neuron and the windows of its output")
    if cell.writes in region.yields:
        raise IllegalProgram(f"{cell.writes} is read, but only its windows are computed")
