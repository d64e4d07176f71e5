"""The body of ``forward`` and of ``values``: regions in order, each under a comment."""

import re
from collections.abc import Mapping

from snnc.emit import regions
from snnc.emit.layout import statement
from snnc.emit.names import class_name
from snnc.emit.naming import chained, named, parameters
from snnc.emit.scope import Scope
from snnc.encoder import Encoder
from snnc.program.types import Once, Program, Region, Scan, data

_BEFORE = "Before time: the same at every step, so computed once."
_OVER = "Over time: neurons take [T, B, ...], layers without a state [T*B, ...]."
_LOOP = "Over time, step by step."
_AFTER = "After time."


def forward(program: Program) -> list[str]:
    """The statements of ``forward``; with one output, its readout is what is returned."""
    names = chained(program)
    scope = _printed(program, names)
    outputs = [names[name] for name in program.graph.outputs]
    if len(outputs) > 1:
        scope.line(f"return {output_class(program)}({', '.join(outputs)})")
    elif scope.lines and scope.lines[-1].startswith(f"        {outputs[0]} = "):
        typed = len(program.graph.inputs) == 1  # there x is a parameter, known as a tensor
        answer = "return " if typed else "answer: Tensor = "
        scope.lines[-1] = scope.lines[-1].replace(f"{outputs[0]} = ", answer, 1)
        scope.lines += [] if typed else ["        return answer"]
    else:
        scope.line(f"return {outputs[0]}")
    return _with_preamble(program, scope)


def output_class(program: Program) -> str:
    """What ``forward`` returns: a tensor or, for several outputs, a named tuple of them."""
    several = len(program.graph.outputs) > 1
    return f"{class_name(program.graph.name)}Output" if several else "Tensor"


def values(program: Program) -> list[str]:
    """The statements that give every value a variable, [B, ...] or [T, B, ...], as a dict."""
    scope = _printed(program, named(program))
    scope.lines += ["        return {"]
    for node in program.graph.nodes:
        folded = scope.layouts[node.path] == "folded"
        value = scope.use(node.path, "timed" if folded else scope.layouts[node.path])
        scope.lines += statement(f'"{node.path}": {value},', 12)
    scope.lines += ["        }"]
    return _with_preamble(program, scope)


def _printed(program: Program, names: Mapping[str, str]) -> Scope:
    scope = Scope(names)
    _data(program, scope)
    previous = ""
    for position, region in enumerate(program.regions):
        title = _title(program, region, position)
        if title != previous and _prints(program, region):
            scope.comment(title)
            previous = title
        regions.emit(program, region, scope)
    return scope


def _data(program: Program, scope: Scope) -> None:
    """Each input's data arrives in the parameter of its name; a lone one in ``x``."""
    for name in program.graph.inputs:
        timed = data(name) in program.timed
        scope.layouts[data(name)] = "timed" if timed else "static"
        parameter = parameters(program)[name]
        if scope.names[data(name)] != parameter:
            scope.line(f"{scope.names[data(name)]} = {parameter}")


def _prints(program: Program, region: Region) -> bool:
    """Whether a region has statements: data that is already as it should be needs none."""
    kinds = (program.node(op).operator for op in region.ops)
    return not all(isinstance(k, Encoder) and k.call("", ["x"], "fold") == "x" for k in kinds)


def _title(program: Program, region: Region, position: int) -> str:
    if isinstance(region, Once):
        earlier = program.regions[:position]
        return _AFTER if any(not isinstance(r, Once) for r in earlier) else _BEFORE
    return _LOOP if isinstance(region, Scan) and region.form == "loop" else _OVER


def _with_preamble(program: Program, scope: Scope) -> list[str]:
    """T and the seed of random numbers, where the statements use them."""
    text = "\n".join(scope.lines)
    lines = []
    if re.search(r"\btime_steps\b", text):
        lines.append(f"        time_steps = {_time_steps(program)}")
    if re.search(r"\bseed\b", text):
        device = f"device={next(iter(parameters(program).values()))}.device"
        lines.append(f"        seed = torch.randint(2**62, (), {device})")
    return [
        *lines,
        *([""] if lines and scope.lines[0].strip().startswith("#") else []),
        *scope.lines,
    ]


def _time_steps(program: Program) -> str:
    for name, parameter in parameters(program).items():
        if data(name) in program.timed:
            return f"{parameter}.shape[0]"
    return "self.time_steps"
