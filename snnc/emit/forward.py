"""The body of ``forward`` and of ``values``: regions in order, each under a comment."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from snnc.emit import regions
from snnc.emit.code import Code
from snnc.emit.preamble import preamble
from snnc.emit.python_format import WIDTH, statement
from snnc.emit.scope import FunctionScope
from snnc.emit.variables import chained, named, parameter
from snnc.encoder import Encoder
from snnc.layer import Site
from snnc.names import class_name
from snnc.program.types import Once, Program, Region, Scan, data

_BEFORE = "Before the time loop: the same at every step, so computed once."
_OVER = "All time steps: neurons take [T, B, ...], most other layers [T*B, ...]."
_LOOP = "The time loop: one step after another."
_AFTER = "After the time loop: computed once."


@dataclass(frozen=True)
class Bodies:
    """The statements of the two functions that run regions.

    ``forward`` runs the network's program, ``values`` one in which every value exists.
    """

    forward: Code
    values: Code

    @property
    def uses(self) -> frozenset[str]:
        """The names that both refer to."""
        return self.forward.uses | self.values.uses


def bodies(program: Program, plain: Program) -> Bodies:
    """The parts of a network's module."""
    return Bodies(forward(program), values(plain))


def forward(program: Program) -> Code:
    """The statements of ``forward``; with one output, its readout is what is returned."""
    names = chained(program)
    scope = _printed(program, names, streams=True)
    outputs = [names[name] for name in program.graph.outputs]
    if len(outputs) > 1:
        scope.line(f"return {output_class(program)}({', '.join(outputs)})")
    elif scope.last[0] == outputs[0] and _on_one_line(scope):
        _, value = scope.last
        # with one input x is a parameter, known as a tensor; what a module gives is not
        typed = len(program.graph.inputs) == 1 and not value.startswith("self.")
        scope.lines.pop()
        scope.line(f"return {value}" if typed else f"answer: Tensor = {value}")
        scope.lines += [] if typed else ["        return answer"]
    else:
        scope.line(f"return {outputs[0]}")
    return Code.of(preamble(program, scope), Code(scope.lines, scope.uses))


def _on_one_line(scope: FunctionScope) -> bool:
    name, value = scope.last
    return scope.indent + len(f"{name} = {value}") <= WIDTH


def output_class(program: Program) -> str:
    """The return type of ``forward``: a tensor or, for several outputs, a named tuple."""
    several = len(program.graph.outputs) > 1
    return f"{class_name(program.graph.name)}Output" if several else "Tensor"


def values(program: Program) -> Code:
    """The statements that give every value a variable, [B, ...] or [T, B, ...], as a dict."""
    program = _observed(program)
    scope = _printed(program, named(program), streams=False)
    scope.lines += ["        return {"]
    for node in program.graph.nodes:
        folded = scope.layouts[node.path] == "folded"
        value = scope.use(node.path, "timed" if folded else scope.layouts[node.path])
        scope.lines += statement(f'"{node.path}": {value},', 12)
    scope.lines += ["        }"]
    return Code.of(preamble(program, scope), Code(scope.lines, scope.uses))


def _observed(program: Program) -> Program:
    """The program with loops that yield every value of the network that they compute."""
    names = {node.path for node in program.graph.nodes}
    names |= {name for r in program.regions if isinstance(r, Scan) for name in r.yields}
    regions = (
        replace(region, yields=tuple(op.writes for op in region.ops if op.writes in names))
        if isinstance(region, Scan)
        else region
        for region in program.regions
    )
    return replace(program, regions=tuple(regions))


def _printed(program: Program, names: Mapping[str, str], streams: bool) -> FunctionScope:
    scope = FunctionScope(names, streams)
    _data(program, scope)
    previous = ""
    for position, region in enumerate(program.regions):
        title = _title(program, region, position)
        if title != previous and _prints(program, region):
            scope.comment(title)
            previous = title
        regions.emit(program, region, scope)
    return scope


def _data(program: Program, scope: FunctionScope) -> None:
    """Each input's data arrives in the parameter of its name; a lone one in ``x``."""
    for name in program.graph.inputs:
        timed = data(name) in program.timed
        scope.layouts[data(name)] = "timed" if timed else "static"
        given = parameter(program, name)
        if scope.names[data(name)] != given:
            scope.line(f"{scope.names[data(name)]} = {given}")


def _prints(program: Program, region: Region) -> bool:
    """Whether a region has statements: data that is already as it should be needs none."""
    site: Site = "once" if isinstance(region, Once) else "fold"
    if any(op.writes in program.crops for op in region.ops):
        return True
    kinds = (program.node(op).operator for op in region.ops)
    return not all(isinstance(k, Encoder) and k.call("", ["x"], site) == "x" for k in kinds)


def _title(program: Program, region: Region, position: int) -> str:
    if isinstance(region, Once):
        earlier = program.regions[:position]
        return _AFTER if any(not isinstance(r, Once) for r in earlier) else _BEFORE
    return _LOOP if isinstance(region, Scan) and region.form == "loop" else _OVER
