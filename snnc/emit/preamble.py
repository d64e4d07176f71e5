"""The first lines of a generated function: T, the seed, and the index of the first step."""

import re
from collections.abc import Iterator

from snnc.emit.fixed import check
from snnc.emit.layout import statement
from snnc.emit.literal import source
from snnc.emit.names import class_name
from snnc.emit.naming import parameters
from snnc.emit.scope import Scope
from snnc.program.types import Program, data
from snnc.readout import Readout

STATE = "dict[str, Tensor]"


def preamble(program: Program, scope: Scope) -> list[str]:
    """The lines, of which each is there only if the statements use it."""
    fixed = [*check(program.graph, scope.streams)]
    text = "\n".join([*scope.lines, *fixed])
    lines = [*_guards(program), *_chunks(program)] if scope.streams else []
    if re.search(rf"\b(time_steps{'|first' * scope.streams})\b", text + "\n".join(lines)):
        lines = [f"time_steps = {_time_steps(program, scope)}", *lines]
    if re.search(r"\bfirst\b", text):
        lines.append("first = steps_done(state, time_steps)" if scope.streams else "first = 0")
    lines = [*_shapes(program), *lines, *fixed]
    if re.search(r"\bseed\b", text):
        lines.append(_seed(program, scope))
    if not scope.streams and re.search(r", state\b", text):
        lines.append(f"state: {STATE} | None = None")
    broken = [line for text in lines for line in statement(text.lstrip(), _indent(text))]
    gap = bool(lines) and scope.lines[0].strip().startswith("#")
    return [*broken, *[""] * gap]


def _indent(text: str) -> int:
    return 8 + len(text) - len(text.lstrip())


def timed_inputs(program: Program) -> dict[str, str]:
    """The parameters that carry sequences, by the names of the inputs."""
    every = parameters(program).items()
    return {name: p for name, p in every if data(name) in program.timed}


def _time_steps(program: Program, scope: Scope) -> str:
    for parameter in timed_inputs(program).values():
        return f"{parameter}.shape[0]"
    return "steps_taken(time_steps, self.time_steps)" if scope.streams else "self.time_steps"


def _shapes(program: Program) -> Iterator[str]:
    """The statements that refuse data of another shape than the spec's."""
    timed = timed_inputs(program)
    for name, parameter in parameters(program).items():
        shape = source(tuple(program.graph[name].shapes[0]))
        axes = ", timed=True" if name in timed else ""
        yield f'check_input("{parameter}", {parameter}, {shape}{axes})'


def _seed(program: Program, scope: Scope) -> str:
    device = f"{next(iter(parameters(program).values()))}.device"
    if scope.streams:
        return f"seed = call_seed(state, {device})"
    return f"seed = torch.randint(2**62, (), device={device})"


def _guards(program: Program) -> Iterator[str]:
    """The check in training mode: statistics over all steps cannot be computed step by step."""
    name = whole_in_training(program)
    if name:
        yield "if state is not None and self.training:"
        yield f'    raise RuntimeError("{name} needs all time steps at once: stream in eval mode")'


def whole_in_training(program: Program) -> str:
    """The first layer whose statistics in training are those of all steps; "" if none is."""
    for _, op in program.placed():
        operator = program.node(op).operator
        traits = operator.traits(training=True)
        streams = isinstance(operator, Readout) or operator.carries()
        if not streams and traits.time == "whole":
            return op.node
    return ""


def _chunks(program: Program) -> Iterator[str]:
    """The loop of eval mode over chunks of time."""
    if program.time_chunk is None:
        return
    graph, timed = program.graph, timed_inputs(program)
    given = {p: f"{p}[first:last]" if n in timed else p for n, p in parameters(program).items()}
    arguments = [f"{p}={value}" if len(given) > 1 else value for p, value in given.items()]
    arguments += [] if timed else ["time_steps=last - first"]
    call = f"self({', '.join([*arguments, 'state=state'])})"
    kinds = [graph[name].operator.kind for name in graph.outputs]
    several = len(kinds) > 1
    run = f"lambda first, last, state: {call if several else f'[{call}]'}"
    answers = f"in_chunks({run}, time_steps, self.time_chunk, {kinds!r})".replace("'", '"')
    yield "if state is None and not self.training and self.time_chunk < time_steps:"
    yield (
        f"    return {class_name(graph.name)}Output(*{answers})"
        if several
        else f"    return {answers}[0]"
    )
