"""The statements of a loop over time: its states, a step, and what it leaves."""

from collections.abc import Callable, Iterator, Mapping

from snnc.emit.crop import crop
from snnc.emit.literal import access
from snnc.emit.python_format import WIDTH
from snnc.emit.scope import FunctionScope
from snnc.emit.variables import collected
from snnc.graph.delayed_edge import Past
from snnc.neuron import Neuron
from snnc.program.types import Carry, Op, Program, Scan

Apply = Callable[[Program, Op, FunctionScope], None]


def loop(program: Program, region: Scan, scope: FunctionScope, apply: Apply) -> None:
    """The loop of ``region``; ``apply`` prints an operator without a state at one step."""
    delays = {op.writes: op for op in region.ops if isinstance(program.node(op).operator, Past)}
    _settle(region, scope)
    for line in _begin(program, region, delays, scope):
        scope.line(line)
    rings = {c.name: f"{scope.names[c.name]}[0]" for c in region.carries if c.depth > 1}
    body = FunctionScope({**scope.names, **rings}, layouts=dict(scope.layouts), indent=12)
    body.layouts |= dict.fromkeys(delays, "step")
    read = frozenset(region.yields)
    for op in region.ops:
        if op.writes not in delays:
            _step(program, op, body, apply)
        if op.writes in read:
            body.line(f"{scope.names[collected(op.writes)]}.append({body.names[op.writes]})")
    for op in delays.values():
        body.line(_handed_on(program, op, scope, body))
    counter = "t" if "t" in body.uses else "_"
    scope.uses |= {"time_steps", *(body.uses - {"t"})}
    scope.lines += [f"        for {counter} in range(time_steps):", *body.lines]
    _end(region, scope)


def _handed_on(program: Program, op: Op, scope: FunctionScope, body: FunctionScope) -> str:
    """The end of a step: what a delay gives at the next."""
    operator, name = program.node(op).operator, scope.names[op.writes]
    assert isinstance(operator, Past)
    value = body.use(op.reads[0], "step")
    return f"{name} = {value}" if operator.steps == 1 else f"{name} = [*{name}[1:], {value}]"


def _end(region: Scan, scope: FunctionScope) -> None:
    """The statements behind the loop: the collected values, and the states that remain."""
    if scope.streams and region.carries:
        after = ", ".join(f'"{c.name}": {scope.names[c.name]}' for c in region.carries)
        scope.line(f"keep_state(state, {{{after}}})", "keep_state", "state")
    for name in region.yields:
        scope.assign(name, f"torch.stack({scope.names[collected(name)]})", "timed")


def _settle(region: Scan, scope: FunctionScope) -> None:
    """The outside values that the loop reads, with a time axis of their own."""
    inside = {op.writes for op in region.ops}
    for name in {read: None for op in region.ops for read in op.reads if read not in inside}:
        if scope.layouts.get(name) == "folded":
            scope.settle(name, "timed")


def _begin(
    program: Program, region: Scan, delays: Mapping[str, Op], scope: FunctionScope
) -> Iterator[str]:
    """The states before the first step, and the lists that collect what is read later."""
    outside = _outside(region) if delays else ""
    for carry in region.carries:
        delay = delays.get(carry.name)
        yield _past(program, delay, outside, carry, scope) if delay else _state(carry, scope)
    for name in region.yields:
        yield f"{scope.names[collected(name)]}: list[Tensor] = []"


def _state(carry: Carry, scope: FunctionScope) -> str:
    start = carry.init
    if isinstance(start, str):
        start = f"self.{access(carry.name.rpartition('.')[0])}.{start}"
    value = start
    if scope.streams:
        scope.uses |= {"resumed_state", "state"}
        value = f'resumed_state(state, "{carry.name}", {start})'
    return f"{scope.names[carry.name]}: Tensor | float = {value}"


def _past(program: Program, op: Op, outside: str, carry: Carry, scope: FunctionScope) -> str:
    """The values before the first step of a delay, oldest first."""
    like = scope.names[outside] + "[0]" * (scope.layouts[outside] == "timed")
    shape = repr(program.node(op).shape)
    state = f', state, "{carry.name}"' if scope.streams else ""
    scope.uses |= {"past_values"} | ({"state"} if scope.streams else set())
    target = scope.names[carry.name]
    target = f"({target},)" if carry.depth == 1 else target
    return f"{target} = past_values({like}, {shape}, {carry.depth}{state})"


def _outside(region: Scan) -> str:
    """A value from outside: it has the batch size, the type and the device of those inside."""
    inside = {op.writes for op in region.ops}
    return next(name for op in region.ops for name in op.reads if name not in inside)


def _step(program: Program, op: Op, scope: FunctionScope, apply: Apply) -> None:
    operator = program.node(op).operator
    if not isinstance(operator, Neuron) or not operator.states:
        apply(program, op, scope)
        return
    states = ", ".join(scope.names[f"{op.node}.{state}"] for state in operator.start())
    inputs = ", ".join(scope.use(name, "step") for name in op.reads)
    call = f"run_step(self.{access(op.node)}, [{inputs}], [{states}])"
    scope.uses.add("run_step")
    results = f"{scope.names[op.writes]}, {states}"
    if scope.indent + len(f"{results} = {call}") <= WIDTH:
        scope.line(f"{results} = {call}")
    else:
        scope.line(f"after = {call}")
        scope.line(f"{results} = after")
    scope.layouts[op.writes] = "step"
    crop(program, op, scope)
