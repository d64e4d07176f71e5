"""Which variable holds which value in a generated function."""

import re

from snnc.emit.scope import CHAIN, unique
from snnc.graph.delayed_edge import Past
from snnc.names import VARIABLES, class_name
from snnc.program.types import Op, Program, Region, Scan, data


def _taken(program: Program) -> set[str]:
    """The names that functions of a generated module use for something else."""
    return {CHAIN, *VARIABLES, f"{class_name(program.graph.name)}Output"}


def parameters(program: Program) -> dict[str, str]:
    """The parameter of ``forward`` that carries each input's data: ``x`` if there is one."""
    return {name: parameter(program, name) for name in program.graph.inputs}


def parameter(program: Program, name: str) -> str:
    """That of one input."""
    return name if len(program.graph.inputs) > 1 else CHAIN


def named(program: Program) -> dict[str, str]:
    """A variable of its own for every value, the data in its parameter."""
    names = {data(name): given for name, given in parameters(program).items()}
    used = _taken(program) | {*names.values()}
    for node in program.graph.steps:
        wanted = _plain(node.path)
        own = wanted == names.get(data(node.path)) and wanted not in _taken(program)
        names[node.path] = wanted if own else unique(wanted, used)
        used.add(names[node.path])
    return names | _loop_names(program, used)


def chained(program: Program) -> dict[str, str]:
    """``x`` for a value that only the next statement reads, else a name of its own."""
    order = list(program.placed())
    names = {data(name): _data(program, name) for name in program.graph.inputs}
    readers = _readers(order)
    for at, (_, op) in enumerate(order):
        names[op.writes] = CHAIN if _follows(program, order, at, readers) else ""
    used = _taken(program) | {*names.values()}
    for path in [path for path, name in names.items() if not name]:
        names[path] = unique(_plain(path), used)
        used.add(names[path])
    return names | _loop_names(program, used)


def _loop_names(program: Program, taken: set[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for path in _loop_values(program):
        names[path] = unique(_plain(path), taken)
        taken.add(names[path])
    return names


def _readers(order: list[tuple[Region, Op]]) -> dict[str, list[int]]:
    readers: dict[str, list[int]] = {}
    for at, (_, op) in enumerate(order):
        for name in op.reads:
            readers.setdefault(name, []).append(at)
    return readers


def collected(path: str) -> str:
    """The list in which a loop collects a value: a name of its own, beside those of values."""
    return f"{path}@steps"


def _loop_values(program: Program) -> list[str]:
    """The variables of loops beside values: states, and the lists of yielded values."""
    loops = [r for r in program.regions if isinstance(r, Scan) and r.form == "loop"]
    delays = {node.path for node in program.graph.steps if isinstance(node.operator, Past)}
    states = [c.name for loop in loops for c in loop.carries if c.name not in delays]
    return states + [collected(name) for loop in loops for name in loop.yields]


def _data(program: Program, name: str) -> str:
    """A loop that encodes at every step reads its data again and again: it needs a name."""
    given = parameter(program, name)
    if given != CHAIN:
        return given
    region = next((region for region, op in program.placed() if op.node == name), None)
    return "data" if region and _loop(region) else given


def _follows(
    program: Program, order: list[tuple[Region, Op]], at: int, all: dict[str, list[int]]
) -> bool:
    """Whether the value of the op at ``at`` is read by the next op and by nothing else."""
    region, op = order[at]
    if _loop(region) and isinstance(program.node(op).operator, Past):
        return False
    readers = all.get(op.writes, [])
    if not readers:
        return op.writes not in program.graph.answers or len(program.graph.outputs) == 1
    reader, other = order[readers[0]]
    if _loop(reader) and isinstance(program.node(other).operator, Past):
        return False  # a delay in a loop reads it at the end of the step
    return readers == [at + 1] and (reader is region or not _loop(reader))


def _loop(region: Region) -> bool:
    return isinstance(region, Scan) and region.form == "loop"


def _plain(path: str) -> str:
    """A value's path as a variable; ``input`` would hide Python's own."""
    words = re.sub("@-1(?![0-9])", "_past", path).replace("@-", "_past")
    return {"input": "inputs"}.get(path, re.sub("[.@]", "_", words))
