"""Blocks as classes that hold their layers: one class a block, its uses' differences named.

The network's ``forward`` runs the layers; a class only makes them, so that ``layer2.0.conv1`` is a
path of modules. Numbers that differ between two uses of a block become arguments of its class,
under the block's own name for them where it has one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from snnc.blocks.uses import Container, Use
from snnc.emit.block_arguments import Merger, alike
from snnc.emit.constructors import Constructor, Variable
from snnc.emit.scope import unique
from snnc.names import VARIABLES


@dataclass(frozen=True)
class BlockClass:
    """A class for uses of one block: its arguments with their types, and what it holds.

    ``optional`` names the argument that says whether a part is there.
    """

    name: str
    block: str
    arguments: Mapping[str, str]
    parts: Mapping[str, Constructor]
    optional: Mapping[str, Variable]


@dataclass
class Containers:
    """The classes, innermost first, and how each attribute of the network itself is made."""

    classes: list[BlockClass] = field(default_factory=list)
    made: dict[str, Constructor] = field(default_factory=dict)


def contained(
    leaves: Mapping[str, Constructor], blocks: Mapping[str, Container], taken: Iterable[str]
) -> Containers:
    """The classes of ``blocks`` around ``leaves``, all by their paths, in the network's order."""
    found, names = Containers(), {*VARIABLES, *taken}
    children = _children(leaves, blocks)
    made, users = dict(leaves), _users(children, blocks)
    for block in _innermost_first(children, blocks):
        paths = users[block]
        for path in (p for uses in paths for p in children[uses]):
            _repeated(path, children, blocks, made)
        instances = {path: {_own(path, p): made[p] for p in children[path]} for path in paths}
        groups = alike(instances)
        for number, group in enumerate(groups, 1):
            name = unique(f"{block}{number if len(groups) > 1 else ''}", names)
            names.add(name)
            parameters = [_parameters(blocks[path]) for path in group]
            merger = Merger(parameters, [instances[path] for path in group])
            parts, optional = merger.merged()
            found.classes.append(BlockClass(name, block, merger.types(), parts, optional))
            made |= {path: merger.call(name, at) for at, path in enumerate(group)}
    for path in children.get("", []):
        _repeated(path, children, blocks, made)
    found.made = {path: made[path] for path in children.get("", [])}
    return found


def _children(leaves: Iterable[str], blocks: Mapping[str, Container]) -> dict[str, list[str]]:
    """The children of each container (the network is ``""``), in order."""
    children: dict[str, dict[str, None]] = {}
    for leaf in leaves:
        path = leaf
        while path:
            parent = _enclosing(path, blocks)
            inside = children.setdefault(parent, {})
            if path in inside:
                break
            inside[path] = None
            path = parent
    return {parent: [*inside] for parent, inside in children.items()}


def _enclosing(path: str, blocks: Mapping[str, Container]) -> str:
    while path:
        path = path.rpartition(".")[0]
        if path in blocks:
            return path
    return ""


def _block(blocks: Mapping[str, Container], path: str) -> str:
    use = blocks.get(path)
    return use.block if isinstance(use, Use) else ""


def _users(paths: Iterable[str], blocks: Mapping[str, Container]) -> dict[str, list[str]]:
    """The uses of each block, in order."""
    found: dict[str, list[str]] = {}
    for path in paths:
        found.setdefault(_block(blocks, path), []).append(path)
    return found


def _parameters(use: Container) -> Mapping[str, object]:
    return use.parameters if isinstance(use, Use) else {}


def _own(container: str, path: str) -> str:
    return path[len(container) + 1 :] if container else path


def _innermost_first(
    children: Mapping[str, Sequence[str]], blocks: Mapping[str, Container]
) -> list[str]:
    """The blocks, each after those that it holds."""
    inside: dict[str, dict[str, None]] = {}
    for path, held in children.items():
        for child in held:
            if block := _block(blocks, child):
                inside.setdefault(_owner(path, blocks), {}).setdefault(block)
    order: dict[str, None] = {}

    def visit(block: str) -> None:
        for other in inside.get(block, ()):
            visit(other)
        order.setdefault(block)

    visit("")
    return [block for block in order if block]


def _owner(path: str, blocks: Mapping[str, Container]) -> str:
    """The block that a path is in, through numbered lists; the network is ``""``."""
    while path and not _block(blocks, path):
        path = _enclosing(path, blocks)
    return _block(blocks, path)


def _repeated(
    path: str,
    children: Mapping[str, Sequence[str]],
    blocks: Mapping[str, Container],
    made: dict[str, Constructor],
) -> None:
    """A numbered list, once its parts are known."""
    if path in blocks and not _block(blocks, path):
        made[path] = Constructor("Repeat", parts=tuple(made[p] for p in children[path]))
