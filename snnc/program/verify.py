"""What every Program must be, whatever passes did to it."""

from collections import Counter

from snnc.program.lower import carries, reads, whole
from snnc.program.types import Fold, Once, Op, Program, Region, Scan, data
from snnc.readout import Readout


class IllegalProgram(Exception):
    """A pass broke a law of the representation: a bug of snnc, never of the spec."""


def verify(program: Program) -> Program:
    """``program`` itself, if it obeys every law.

    Raises:
        IllegalProgram: with the law and the op that breaks it.
    """
    _each_node_once(program)
    _defined_before_use(program)
    for region, op in program.placed():
        _fits(program, region, op)
    for region in program.regions:
        if isinstance(region, Scan):
            _scan(program, region)
    return program


def _each_node_once(program: Program) -> None:
    counts = Counter(op.node for _, op in program.placed())
    for node in program.graph.nodes:
        if counts[node.path] != 1:
            raise IllegalProgram(f"{node.path} runs in {counts[node.path]} places, not in one")
    for name in counts.keys() - {node.path for node in program.graph.nodes}:
        raise IllegalProgram(f"{name} runs but is no node of the graph")
    for _, op in program.placed():
        if op.reads != reads(program.node(op)):
            raise IllegalProgram(f"{op.node} reads {', '.join(op.reads)}, not what its node reads")
        want = 1 if isinstance(program.node(op).operator, Readout) else program.graph.time_steps
        if op.times != want:
            raise IllegalProgram(f"{op.node} stands for {op.times} executions, not {want}")


def _defined_before_use(program: Program) -> None:
    known = {data(name) for name in program.graph.inputs}
    for region in program.regions:
        written: set[str] = set()
        for op in region.ops:
            for name in op.reads:
                if name not in known | written:
                    raise IllegalProgram(f"{op.node} reads {name} before it is there")
            written.add(op.node)
        known |= set(region.yields) if isinstance(region, Scan) else written


def _fits(program: Program, region: Region, op: Op) -> None:
    operator = program.node(op).operator
    modes = [operator.traits(training) for training in (True, False)]
    timed = any(name in program.timed for name in op.reads)
    if isinstance(region, Once) and timed and not isinstance(operator, Readout):
        raise IllegalProgram(f"{op.node} runs once but reads a value that changes over time")
    if isinstance(region, Once) and any(
        m.time in ("causal", "indexed") or m.random == "step" for m in modes
    ):
        raise IllegalProgram(f"{op.node} runs once but {operator.why()}")
    if not isinstance(region, Once) and isinstance(operator, Readout):
        raise IllegalProgram(f"{op.node} is a readout and runs once, after time")
    if isinstance(region, Fold) and any(m.time == "causal" for m in modes):
        raise IllegalProgram(f"{op.node} has a state and cannot run on all steps at once")
    if isinstance(region, Scan) and whole(program.node(op)):
        raise IllegalProgram(f"{op.node} needs every step at once and cannot be in a loop")


def _scan(program: Program, region: Scan) -> None:
    names = {op.node for op in region.ops}
    if region.carries != carries(program.graph, names):
        raise IllegalProgram(f"the loop over {', '.join(sorted(names))} loses a state")
    if region.form == "kernel" and (len(region.ops) != 1 or not region.carries):
        raise IllegalProgram("a kernel runs one neuron")
    if not names.issuperset(region.yields):
        raise IllegalProgram("a loop yields what it does not compute")
