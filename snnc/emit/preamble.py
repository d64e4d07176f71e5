"""The first lines of a generated function: T, the seed, and the index of the first step."""

from collections.abc import Collection

from snnc.emit.code import Code
from snnc.emit.fixed_steps import check
from snnc.emit.literal import source
from snnc.emit.python_format import statement
from snnc.emit.scope import FunctionScope
from snnc.emit.variables import parameter, parameters
from snnc.names import class_name
from snnc.program.types import Program, data
from snnc.readout import Readout
from snnc.readouts.max import Max

STATE = "dict[str, Tensor]"
MAX = Max().kind


def preamble(program: Program, scope: FunctionScope) -> Code:
    """The lines, of which each is there only if the statements use it."""
    fixed = check(program.graph, scope.streams)
    head = Code.of(_guards(program), _chunks(program)) if scope.streams else Code()
    uses = scope.uses | fixed.uses | head.uses
    counted, seeded = _first(scope, uses), _seed(program, scope, uses)
    uses |= counted.uses
    parts = [
        _shapes(program, scope.streams),
        _lengths(program, scope),
        _time_steps(program, scope, uses),
        head,
        counted,
        fixed,
        seeded,
    ]
    if not scope.streams and "state" in uses:
        parts.append(Code([f"state: {STATE} | None = None"]))
    made = Code.of(*parts)
    broken = [line for text in made.lines for line in statement(text.lstrip(), _indent(text))]
    gap = bool(broken) and scope.lines[0].strip().startswith("#")
    return Code([*broken, *[""] * gap], made.uses)


def _lengths(program: Program, scope: FunctionScope) -> Code:
    """The lengths of samples, which are checked where they are given."""
    if "lengths" not in scope.uses:
        return Code()
    if not scope.streams:
        return Code(["lengths = None"])
    timed, given = [*timed_inputs(program).values()], parameters(program).values()
    samples = f"{timed[0]}.shape[1]" if timed else f"len({next(iter(given))})"
    return Code([f"check_lengths(lengths, {samples}, state)"], ["check_lengths"])


def masks(program: Program) -> bool:
    """Whether a call takes the lengths of its samples."""
    readouts = (program.graph[name].operator for name in program.graph.outputs)
    return any(isinstance(readout, Readout) and readout.reads_lengths for readout in readouts)


def _indent(text: str) -> int:
    return 8 + len(text) - len(text.lstrip())


def timed_inputs(program: Program) -> dict[str, str]:
    """The parameters that carry sequences, by the names of the inputs."""
    every = parameters(program).items()
    return {name: p for name, p in every if data(name) in program.timed}


def _time_steps(program: Program, scope: FunctionScope, uses: Collection[str]) -> Code:
    """T, if anything refers to it."""
    if "time_steps" not in uses:
        return Code()
    for given in timed_inputs(program).values():
        return Code([f"time_steps = {given}.shape[0]"])
    if not scope.streams:
        return Code(["time_steps = self.time_steps"])
    return Code(["time_steps = steps_taken(time_steps, self.time_steps)"], ["steps_taken"])


def _first(scope: FunctionScope, uses: Collection[str]) -> Code:
    """The number of the first step, if anything refers to it."""
    if "first" not in uses:
        return Code()
    if not scope.streams:
        return Code(["first = 0"])
    return Code(["first = steps_done(state, time_steps)"], ["steps_done", "time_steps"])


def _shapes(program: Program, streams: bool) -> Code:
    """The statements that refuse data of another shape than the spec's, and foreign states."""
    timed = timed_inputs(program)
    lines = []
    for name in parameters(program):
        more = f", self.time_steps{', state' * streams}" if name in timed else ""
        lines.append(checked(program, name, more))
    if streams:
        return Code([*lines, "check_state(state, self)"], ["check_input", "check_state"])
    return Code(lines, ["check_input"])


def checked(program: Program, name: str, more: str = "") -> str:
    """The statement that refuses data of another shape: [B, ...] unless ``more`` is passed."""
    given, shape = parameter(program, name), source(tuple(program.graph[name].shapes[0]))
    return f'check_input("{given}", {given}, {shape}{more})'


def _seed(program: Program, scope: FunctionScope, uses: Collection[str]) -> Code:
    """The seed of this call's random numbers, if anything refers to it."""
    if "seed" not in uses:
        return Code()
    device = f"{next(iter(parameters(program).values()))}.device"
    state, net = "state" if scope.streams else "None", "" if _random(program) else ", self"
    return Code([f"seed = call_seed({state}, {device}{net})"], ["call_seed"])


def _random(program: Program) -> bool:
    """Whether eval mode draws too, as Poisson encoders do."""
    operators = (program.node(op).operator for _, op in program.placed())
    return any(operator.traits(training=False).random != "no" for operator in operators)


def _guards(program: Program) -> Code:
    """The statement that, in training, refuses single steps to layers with statistics over all."""
    name = whole_in_training(program)
    if not name:
        return Code()
    message = f"{name} needs every step at once: stream in eval mode"
    return Code(
        [
            "if state is not None and self.training:",
            f'    raise RuntimeError("{message}")',
        ]
    )


def whole_in_training(program: Program) -> str:
    """The first layer whose statistics in training are those of all steps; "" if none is."""
    for _, op in program.placed():
        operator = program.node(op).operator
        traits = operator.traits(training=True)
        streams = isinstance(operator, Readout) or operator.carries()
        if not streams and traits.time == "whole":
            return op.node
    return ""


def _chunks(program: Program) -> Code:
    """The statement that, in eval mode, takes parts of time one after the other."""
    if program.time_chunk is None:
        return Code()
    graph, timed = program.graph, timed_inputs(program)
    given = {p: f"{p}[first:last]" if n in timed else p for n, p in parameters(program).items()}
    arguments = [f"{p}={value}" if len(given) > 1 else value for p, value in given.items()]
    arguments += [] if timed else ["time_steps=last - first"]
    call = f"self({', '.join([*arguments, 'state=state'])})"
    kinds = [graph[name].operator.kind for name in graph.outputs]
    several = len(kinds) > 1
    run = f"lambda first, last, state: {call if several else f'[{call}]'}"
    answers = f"in_chunks({run}, time_steps, self.time_chunk, {kinds!r})".replace("'", '"')
    answer = f"{class_name(graph.name)}Output(*{answers})" if several else f"{answers}[0]"
    when = "state is None and not self.training and self.time_chunk < time_steps"
    # the gradient of a maximum is shared by all its ties, wherever they are: parts cannot tell
    when += " and not torch.is_grad_enabled()" if MAX in kinds else ""
    lines = [f"if {when}:", f"    return {answer}"]
    if masks(program):
        alone = "state is None and not self.training"
        lines[0] = lines[0].replace(alone, "whole")
        lines = [f"whole = {alone} and lengths is None", *lines]
    return Code(lines, ["in_chunks", "time_steps"])
