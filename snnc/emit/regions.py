"""The statements of each kind of region."""

from collections.abc import Callable

from snnc.emit.crop import crop
from snnc.emit.feedback import inputs, neuron_of, over_time, recurrent
from snnc.emit.literal import access
from snnc.emit.loops import loop
from snnc.emit.python_format import WIDTH, statement
from snnc.emit.scope import FunctionScope, Layout
from snnc.emit.whole import call as chain
from snnc.layer import Operator, Site
from snnc.program.types import Fold, Once, Op, Program, Region, Scan

_LINES = 3
"""Of a call: its head, all arguments, its end."""


def emit(program: Program, region: Region, scope: FunctionScope) -> None:
    """The statements of ``region``, into ``scope``."""
    match region:
        case Once():
            _once(program, region, scope)
        case Fold():
            _fold(program, region, scope)
        case Scan(form="kernel"):
            _kernel(program, region, scope)
        case Scan(form="pooled"):
            _pooled(program, region, scope)
        case Scan(form="normed"):
            _normed(program, region, scope)
        case Scan(form="recurrent"):
            _recurrent(program, region, scope)
        case Scan(form="whole"):
            chain(program, region, scope)
        case Scan():
            loop(program, region, scope, _at_a_step)


def _once(program: Program, region: Once, scope: FunctionScope) -> None:
    for op in region.ops:
        timed = any(name in program.timed for name in op.reads)
        operator = program.node(op).operator
        layout: Layout = "timed" if timed or _needs_time(operator) else "static"
        _apply(program, op, scope, "once", layout, "static")


def _needs_time(operator: Operator) -> bool:
    """A readout of a static value reads it T times."""
    return operator.over_time and operator.traits(training=False).time == "whole"


def _fold(program: Program, region: Fold, scope: FunctionScope) -> None:
    for op in region.ops:
        over_time = program.node(op).operator.over_time
        layout: Layout = "timed" if over_time else "folded"
        _apply(program, op, scope, "fold", layout, layout)


def _apply(
    program: Program, op: Op, scope: FunctionScope, site: Site, reads: Layout, writes: Layout
) -> None:
    text = _call(program, op, scope, site, reads)
    if len(f"{scope.names[op.writes]} = {text}") > WIDTH - scope.indent:
        for name in op.reads:
            # a static value stays as it is: something behind time may read it too
            moves = name not in program.given and scope.layouts[name] not in (reads, "static")
            if moves and reads != "step":
                scope.settle(name, reads)
        text = _call(program, op, scope, site, reads)
    scope.assign(op.writes, text, writes)
    crop(program, op, scope)


def _call(program: Program, op: Op, scope: FunctionScope, site: Site, reads: Layout) -> str:
    args = [_argument(program, scope, name, reads) for name in op.reads]
    name = op.node if "@" in op.node else access(op.node)  # a delay's name is that of its state
    operator = program.node(op).operator
    scope.uses.update(operator.uses(site))
    return operator.call(name, args, site)


def _argument(program: Program, scope: FunctionScope, name: str, layout: Layout) -> str:
    """Data is handed over as it is: its encoder knows what to do with it."""
    return scope.names[name] if name in program.given else scope.use(name, layout)


def _at_a_step(program: Program, op: Op, scope: FunctionScope) -> None:
    _apply(program, op, scope, "step", "step", "step")


def _kernel(program: Program, region: Scan, scope: FunctionScope) -> None:
    """One neuron, all steps; inputs that are all static are read once."""
    op = neuron_of(program, region)
    args = _arguments(program, region, scope)
    scope.assign(op.writes, f"self.{access(op.node)}({', '.join(args)})", "timed")
    crop(program, op, scope)
    if {*region.yields} - {op.writes}:
        _inside(program, region, scope)


def _arguments(program: Program, region: Scan, scope: FunctionScope) -> list[str]:
    """The arguments of a kernel."""
    reads = inputs(program, region)
    static = all(scope.layouts[name] == "static" for name in reads)
    args = [scope.use(name, "static" if static else "timed") for name in reads]
    return [*args, *over_time(scope, static)]


def _pooled(program: Program, region: Scan, scope: FunctionScope) -> None:
    """One neuron and the pooling of its output, all steps."""
    held = [f"self.{access(op.node)}" for op in region.ops]

    def call() -> str:
        return f"run_pooled({', '.join([*held, *_arguments(program, region, scope)])})"

    _with_neuron(program, region, scope, call)


def _normed(program: Program, region: Scan, scope: FunctionScope) -> None:
    """A normalisation, one neuron and, if there is any, the pooling of its output, all steps."""
    norm, cell, *pools = (f"self.{access(op.node)}" for op in region.ops)

    def call() -> str:
        x, *how = _arguments(program, region, scope)
        args = [cell, norm, x, *(f"pool={pool}" for pool in pools), *how]
        return f"run_normed({', '.join(args)})"

    _with_neuron(program, region, scope, call)


def _with_neuron(
    program: Program, region: Scan, scope: FunctionScope, call: Callable[[], str]
) -> None:
    """The call of a neuron and of what its kernel does besides; its input first, if it is long."""
    last = region.ops[-1]
    scope.uses.add(call().partition("(")[0])
    if len(statement(f"{scope.names[last.writes]} = {call()}", scope.indent)) > _LINES:
        for name in inputs(program, region):
            if scope.layouts[name] == "folded":
                scope.settle(name, "timed")
    scope.assign(last.writes, call(), "timed")
    crop(program, last, scope)


def _inside(program: Program, region: Scan, scope: FunctionScope) -> None:
    """The values that a kernel computes on its way, from its output."""
    cell = neuron_of(program, region)
    for op in region.ops:
        if op is not cell:
            over_time = program.node(op).operator.over_time
            layout: Layout = "timed" if over_time else "folded"
            _apply(program, op, scope, "fold", layout, layout)


def _recurrent(program: Program, region: Scan, scope: FunctionScope) -> None:
    """A neuron whose output comes back through a weight."""
    scope.assign(neuron_of(program, region).writes, recurrent(program, region, scope), "timed")
