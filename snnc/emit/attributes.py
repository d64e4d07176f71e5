"""The modules that a network holds, those of its blocks in classes of their own."""

from collections.abc import Iterator
from dataclasses import dataclass

from snnc.emit.containers import Class, contained
from snnc.emit.layout import statement
from snnc.emit.literal import arguments
from snnc.emit.made import Made, leaf
from snnc.emit.names import class_name
from snnc.emit.neurons import Neurons
from snnc.graph import Graph
from snnc.layer import Operator


@dataclass(frozen=True)
class Held:
    """The statements of the network's ``__init__``, and the classes of blocks as text."""

    attributes: str
    blocks: list[str]

    @property
    def text(self) -> str:
        """All of it, to see what it calls."""
        return "\n".join([self.attributes, *self.blocks])


def module_classes(graph: Graph, neurons: Neurons) -> Held:
    """The classes of the modules that the network holds."""
    leaves: dict[str, Made] = {}
    for node in graph.holders_first:
        made = node.operator.attribute(node.path, *node.shapes)
        if node.path in neurons.made:
            leaves[node.path] = neurons.made[node.path]
        elif made:
            leaves[node.path] = leaf(node.operator, made, tuple(_starts(node.operator)))
    taken = [class_name(graph.name), *(found.name for found in neurons.classes)]
    found = contained(leaves, graph.blocks, taken)
    lines = [line for name, made in found.made.items() for line in _statements(made, name, 8)]
    lines += ["        place_neurons(self)"] * bool(neurons.made)
    return Held("\n".join(lines), [block_class(block) for block in found.classes])


def _starts(operator: Operator) -> Iterator[str]:
    """The calls that start its parameters; a bias may be None for all that mypy knows."""
    for name, made in operator.initialise().items():
        parameter = "{}.weight" if name == "weight" else f'{{}}.get_parameter("{name}")'
        yield f"{made.target}({', '.join([parameter, *arguments(made)])})"


def block_class(found: Class) -> str:
    """The class that makes the layers of a block."""
    lines = [
        f"class {found.name}(nn.Module):",
        f'    """The layers of a block {found.block}."""',
        "",
    ]
    arguments = "".join(f", {name}: {kind}" for name, kind in found.arguments.items())
    lines += statement(f"def __init__(self{arguments}) -> None:", 4)
    lines += ["        super().__init__()"]
    for name, made in found.parts.items():
        if name in found.optional:
            lines += [f"        if {found.optional[name]}:", *_statements(made, name, 12)]
        else:
            lines += _statements(made, name, 8)
    return "\n".join(lines)


def _statements(made: Made, name: str, indent: int) -> Iterator[str]:
    for text in made.statements(f"self.{name}"):
        yield from statement(text, indent)
