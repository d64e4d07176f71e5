"""The statements of each kind of region."""

from collections.abc import Iterable

from snnc.emit.layout import WIDTH
from snnc.emit.naming import collected
from snnc.emit.scope import Layout, Scope
from snnc.layer import Operator, Site
from snnc.neuron import Neuron
from snnc.program.types import Fold, Once, Op, Program, Region, Scan


def emit(program: Program, region: Region, scope: Scope) -> None:
    """The statements of ``region``, into ``scope``."""
    match region:
        case Once():
            _once(program, region, scope)
        case Fold():
            _fold(program, region, scope)
        case Scan(form="kernel"):
            _kernel(region, scope)
        case Scan():
            _loop(program, region, scope)


def _once(program: Program, region: Once, scope: Scope) -> None:
    for op in region.ops:
        timed = any(name in program.timed for name in op.reads)
        operator = program.node(op).operator
        layout: Layout = "timed" if timed or _needs_time(operator) else "static"
        _apply(program, op, scope, "once", layout, "static")


def _needs_time(operator: Operator) -> bool:
    """A readout of a static value reads it T times."""
    return operator.over_time and operator.traits(training=False).time == "whole"


def _fold(program: Program, region: Fold, scope: Scope) -> None:
    for op in region.ops:
        over_time = program.node(op).operator.over_time
        layout: Layout = "timed" if over_time else "folded"
        _apply(program, op, scope, "fold", layout, layout)


def _apply(
    program: Program, op: Op, scope: Scope, site: Site, reads: Layout, writes: Layout
) -> None:
    text = _call(program, op, scope, site, reads)
    if len(f"{scope.names[op.node]} = {text}") > WIDTH - scope.indent:
        for name in op.reads:
            if not _is_data(name) and scope.layouts[name] != reads and reads != "step":
                scope.settle(name, reads)
        text = _call(program, op, scope, site, reads)
    scope.assign(op.node, text, writes)


def _call(program: Program, op: Op, scope: Scope, site: Site, reads: Layout) -> str:
    args = [_argument(scope, name, reads) for name in op.reads]
    return program.node(op).operator.call(op.node, args, site)


def _argument(scope: Scope, name: str, layout: Layout) -> str:
    """Data is handed over as it is: its encoder knows what to do with it."""
    return scope.names[name] if _is_data(name) else scope.use(name, layout)


def _is_data(name: str) -> bool:
    return name.endswith(".data")


def _kernel(region: Scan, scope: Scope) -> None:
    """One neuron, all steps; inputs that are all static are read once."""
    (op,) = region.ops
    static = all(scope.layouts[name] == "static" for name in op.reads)
    args = [scope.use(name, "static" if static else "timed") for name in op.reads]
    args += ["time_steps=time_steps"] * static
    scope.assign(op.node, f"self.{op.node}({', '.join(args)})", "timed")


def _loop(program: Program, region: Scan, scope: Scope) -> None:
    inside = {op.node for op in region.ops}
    for name in {read: None for op in region.ops for read in op.reads if read not in inside}:
        if scope.layouts.get(name) == "folded":
            scope.settle(name, "timed")
    _begin(region, scope)
    body = Scope(scope.names, dict(scope.layouts), indent=12)
    for op in region.ops:
        _step(program, op, body)
        if op.node in region.yields:
            body.line(f"{scope.names[collected(op.node)]}.append({scope.names[op.node]})")
    counter = "t" if any(_reads(line, "t") for line in body.lines) else "_"
    scope.lines += [f"        for {counter} in range(time_steps):", *body.lines]
    for name in region.yields:
        scope.assign(name, f"torch.stack({scope.names[collected(name)]})", "timed")


def _begin(region: Scan, scope: Scope) -> None:
    """The states before the first step, and the lists that collect what is read later."""
    for carry in region.carries:
        start = carry.init
        if isinstance(start, str):
            start = f"self.{carry.name.rpartition('.')[0]}.{start}"
        scope.line(f"{scope.names[carry.name]}: Tensor | float = {start}")
    for name in region.yields:
        scope.line(f"{scope.names[collected(name)]}: list[Tensor] = []")


def _step(program: Program, op: Op, scope: Scope) -> None:
    operator = program.node(op).operator
    if not isinstance(operator, Neuron) or not operator.states:
        _apply(program, op, scope, "step", "step", "step")
        return
    states = ", ".join(scope.names[f"{op.node}.{state}"] for state in operator.start())
    inputs = ", ".join(scope.use(name, "step") for name in op.reads)
    call, results = (
        f"self.{op.node}.step([{inputs}], [{states}])",
        f"{scope.names[op.node]}, {states}",
    )
    if scope.indent + len(f"{results} = {call}") <= WIDTH:
        scope.line(f"{results} = {call}")
    else:
        scope.line(f"after = {call}")
        scope.line(f"{results} = after")
    scope.layouts[op.node] = "step"


def _reads(line: str, name: str) -> bool:
    words: Iterable[str] = "".join(c if c.isalnum() or c == "_" else " " for c in line).split()
    return name in words
