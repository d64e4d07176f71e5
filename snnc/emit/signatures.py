"""The heads of a network's methods, and the method that makes one step."""

from collections.abc import Iterator

from snnc.emit.preamble import STATE, checked, masks, timed_inputs
from snnc.emit.python_format import statement
from snnc.emit.variables import parameters
from snnc.program.types import Program
from snnc.readout import Readout


def signature(program: Program, name: str, answer: str) -> list[str]:
    """``def forward(self, x: Tensor, *, …) -> Tensor:`` on as many lines as it needs."""
    arguments = [f"{parameter}: Tensor" for parameter in parameters(program).values()]
    state = f"state: {STATE} | None = None"
    if len(arguments) > 1:
        arguments = ["*", *arguments]
    elif name == "forward":
        arguments.append("*")
    if name == "forward" and not timed_inputs(program):
        arguments.append("time_steps: int | None = None")
    if name == "forward" and masks(program):
        arguments.append("lengths: Tensor | None = None")
    if name in ("forward", "step"):
        arguments.append(state)
    return statement(f"def {name}(self, {', '.join(arguments)}) -> {answer}:", 4)


def load(name: str, time_steps: int | None) -> list[str]:
    """The head of ``load``, which takes what the constructor of the class ``name`` takes."""
    chosen = "" if time_steps is None else f", time_steps: int = {time_steps}"
    return statement(f'def load(cls, path: str | Path{chosen}) -> "{name}":', 4)


def step(program: Program) -> Iterator[str]:
    """A call of one step, whose answer has no time axis."""
    timed, several = timed_inputs(program), len(parameters(program)) > 1
    given = {p: f"{p}[None]" if name in timed else p for name, p in parameters(program).items()}
    arguments = [f"{p}={value}" if several else value for p, value in given.items()]
    arguments += [] if timed else ["time_steps=1"]
    call = f"self({', '.join([*arguments, 'state=after'])})"
    for name in timed:
        yield from statement(checked(program, name), 8)
    sequences = [name for name in program.graph.outputs if _keeps_time(program, name)]
    if not sequences:
        yield from statement(f"return {call}, after", 8)
    elif len(program.graph.outputs) == 1:
        yield from statement(f"return {call}[0], after", 8)
    else:
        yield from statement(f"answer = {call}", 8)
        first = ", ".join(f"{name}=answer.{name}[0]" for name in sequences)
        yield from statement(f"return answer._replace({first}), after", 8)


def _keeps_time(program: Program, name: str) -> bool:
    operator = program.graph[name].operator
    return isinstance(operator, Readout) and operator.keeps_time
