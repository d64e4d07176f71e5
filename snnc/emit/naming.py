"""Which variable holds which value in a generated function."""

from snnc.emit.scope import CHAIN, unique
from snnc.program.types import Op, Program, Region, Scan, data

_TAKEN = frozenset({CHAIN, "t", "after", "answer", "seed", "self", "time_steps", "torch", "nn"})


def parameters(program: Program) -> dict[str, str]:
    """The parameter of ``forward`` that carries each input's data: ``x`` if there is one."""
    names = program.graph.inputs
    return {name: name if len(names) > 1 else CHAIN for name in names}


def named(program: Program) -> dict[str, str]:
    """A variable of its own for every value, the data in its parameter."""
    names = {data(name): parameter for name, parameter in parameters(program).items()}
    for node in program.graph.nodes:
        taken = {*_TAKEN, *names.values()} - {names.get(data(node.path), "")}
        names[node.path] = unique(_plain(node.path), taken - {CHAIN} | _TAKEN)
    return names


def chained(program: Program) -> dict[str, str]:
    """``x`` for a value that only the next statement reads, else a name of its own."""
    order = list(program.placed())
    names = {data(name): _data(program, name) for name in program.graph.inputs}
    for at, (_, op) in enumerate(order):
        names[op.node] = CHAIN if _follows(program, order, at) else ""
    for path in [path for path, name in names.items() if not name]:
        names[path] = unique(_plain(path), {*_TAKEN, *names.values()})
    for path in _loop_values(program):
        names[path] = unique(_plain(path), {*_TAKEN, *names.values()})
    return names


def collected(path: str) -> str:
    """The list in which a loop collects a value: a name of its own, beside those of values."""
    return f"{path}.steps"


def _loop_values(program: Program) -> list[str]:
    """What loops hold beside values: states, and the lists of what they yield."""
    loops = [region for region in program.regions if isinstance(region, Scan)]
    states = [carry.name for loop in loops if loop.form == "loop" for carry in loop.carries]
    return states + [collected(n) for loop in loops if loop.form == "loop" for n in loop.yields]


def _data(program: Program, name: str) -> str:
    """A loop that encodes at every step reads its data again and again: it needs a name."""
    parameter = parameters(program)[name]
    region = next(region for region, op in program.placed() if op.node == name)
    return "data" if parameter == CHAIN and _loop(region) else parameter


def _follows(program: Program, order: list[tuple[Region, Op]], at: int) -> bool:
    """Whether the value of the op at ``at`` is read by the next op and by nothing else."""
    region, op = order[at]
    readers = [i for i, (_, other) in enumerate(order) if op.node in other.reads]
    if not readers:
        return op.node not in program.graph.outputs or len(program.graph.outputs) == 1
    reader = order[readers[0]][0]
    return readers == [at + 1] and (reader is region or not _loop(reader))


def _loop(region: Region) -> bool:
    return isinstance(region, Scan) and region.form == "loop"


def _plain(path: str) -> str:
    """A value's path as a variable; ``input`` would hide Python's own."""
    return {"input": "inputs"}.get(path, path.replace(".", "_"))
