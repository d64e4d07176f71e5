"""The modules that a network holds, those of its blocks in classes of their own."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from snnc.emit.block_classes import BlockClass, contained
from snnc.emit.constructors import Constructor, leaf
from snnc.emit.literal import arguments
from snnc.emit.names import networks, taken_names
from snnc.emit.neurons import Neurons
from snnc.emit.python_format import statement
from snnc.graph.types import Graph
from snnc.layer import Operator

_CHANNELS_LAST = "self.to(memory_format=torch.channels_last)  # faster convolutions"


@dataclass(frozen=True)
class Held:
    """The statements of the network's ``__init__``, and the classes of blocks as text.

    ``uses`` are the classes and functions that both call, without PyTorch's.
    """

    attributes: str
    blocks: list[str]
    uses: frozenset[str]


def module_classes(graph: Graph, neurons: Neurons, beside: Collection[str] = ()) -> Held:
    """The classes of the modules that the network holds; names ``beside`` them are taken."""
    leaves: dict[str, Constructor] = {}
    for node in graph.holders_first:
        made = node.operator.attribute(node.path, *node.shapes)
        if node.path in neurons.made:
            leaves[node.path] = neurons.made[node.path]
        elif made:
            leaves[node.path] = leaf(node.operator, made, tuple(_starts(node.operator)))
    taken = {*taken_names(), *networks(graph.name), *beside}
    taken |= {found.name for found in neurons.classes}
    found = contained(leaves, graph.blocks, taken)
    lines = [line for name, made in found.made.items() for line in _statements(made, name, 8)]
    lines += ["        place_neurons(self)"] * bool(neurons.made)
    lines += [f"        {_CHANNELS_LAST}"] * on_images(graph)
    uses = {target for made in [*leaves.values(), *found.made.values()] for target in made.targets}
    uses |= {target for c in found.classes for part in c.parts.values() for target in part.targets}
    uses |= {"place_neurons"} if neurons.made else set()
    uses |= {"torch"} if on_images(graph) else set()
    return Held("\n".join(lines), [block_class(block) for block in found.classes], frozenset(uses))


def on_images(graph: Graph) -> bool:
    """Whether it multiplies images [C, H, W], which is faster with the channels innermost.

    PyTorch moves the weights of a whole module at once, and cannot do so where some are of volumes.
    """
    axes = {len(n.shape) for n in graph.nodes if n.operator.macs(*n.shapes)}
    return 3 in axes and 4 not in axes


def _starts(operator: Operator) -> Iterator[str]:
    """The calls that start its parameters; a bias may be None for all that mypy knows."""
    for name, made in operator.initialise().items():
        parameter = "{}.weight" if name == "weight" else f'{{}}.get_parameter("{name}")'
        yield f"{made.target}({', '.join([parameter, *arguments(made)])})"


def block_class(found: BlockClass) -> str:
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


def _statements(made: Constructor, name: str, indent: int) -> Iterator[str]:
    for text in made.statements(f"self.{name}"):
        yield from statement(text, indent)
