"""Parameters of a block: the values that a use gives, and the defaults."""

from collections.abc import Mapping
from dataclasses import dataclass

from snnc.blocks.definition import Block
from snnc.blocks.place import Frame, blamed
from snnc.names import KEYS
from snnc.resolve.growth import Growth, size
from snnc.resolve.scope import Variables, substitute_in
from snnc.source.diagnostic import Diagnostic, Findings, Note
from snnc.source.nearest import nearest, one_of, same
from snnc.source.tree import Tree


@dataclass(frozen=True)
class Site:
    """The place where a list of layers is expanded: its path, the use around it, and its scope.

    ``uses`` are the blocks around it, the innermost last; the network's own list has none.
    ``sizes`` are those of the scope's values.
    """

    path: str
    uses: tuple[str, ...]
    frame: Frame | None
    scope: Variables
    sizes: Mapping[str, Growth]
    parameters: tuple[str, ...] = ()

    def below(self, name: str) -> str:
        """The path of an item of this list."""
        return f"{self.path}.{name}" if self.path else name


def given(block: Block, entry: Tree) -> dict[str, Tree]:
    """The parameters in a use, ``entry`` without its head. Raises Findings."""
    names = (*block.required, *block.parameters)
    stated = {key: node for key, node in entry.table.items() if key != "kind"}
    strange = {key: node for key, node in stated.items() if key not in names}
    unknown = [_unknown(block, key, node, stated, strange) for key, node in strange.items()]
    lacking = [f"`{name}`" for name in block.required if name not in stated]
    if lacking and not unknown:
        words = " and ".join([", ".join(lacking[:-1]), lacking[-1]] if lacking[1:] else lacking)
        place, notes = entry.table["kind"].place, (*entry.notes, _defined(block))
        message = f"{block.name} needs {words}"
        unknown = [Diagnostic("SNN203", "missing-key", message, place, None, notes)]
    if unknown:
        raise Findings(*unknown)
    return stated


def inside(
    block: Block, entry: Tree, stated: dict[str, Tree], path: str, uses: tuple[str, ...], root: Site
) -> Site:
    """The inside of a block where ``entry`` uses it, every parameter with its value.

    Of what is outside it sees the variables alone, those of ``root``.

    Raises:
        Findings: a default cannot be computed with the values that are given.
    """
    frame = Frame(block.name, entry.place, entry.notes, stated)
    names = {**stated}
    for name in block.order:
        if name not in names:
            names[name] = _default(block, name, root.scope.inside(names), frame)
    ordered = {name: names[name] for name in (*block.required, *block.parameters)}
    sizes = {**root.sizes, **{name: size(node, {}) for name, node in ordered.items()}}
    return Site(path, uses, frame, root.scope.inside(ordered), sizes, tuple(ordered))


def _default(block: Block, name: str, scope: Variables, frame: Frame) -> Tree:
    try:
        return substitute_in(block.default(name), scope)
    except Findings as findings:
        raise Findings(*blamed(findings.diagnostics, frame)) from None


def _unknown(
    block: Block, key: str, node: Tree, stated: Mapping[str, Tree], strange: Mapping[str, Tree]
) -> Diagnostic:
    """A key that is no parameter; if one is lacking, and this is the only strange one, that."""
    known = (*block.required, *block.parameters)
    lacking = [name for name in block.required if name not in stated]
    own = lacking[0] if len(lacking) == 1 == len(strange) else None
    guess = nearest(key, known) or own or same(key, KEYS, "layers") or nearest(key, ["repeat"])
    expected = f"expected {'one of ' * (len(known) > 1)}{one_of(known)}"
    help = f"did you mean `{guess}`?" if guess else expected
    if not known and not guess:
        help = f"{block.name} has no parameters: name it in its `required`"
    message, notes = f"unknown key `{key}` of {block.name}", (*node.notes, _defined(block))
    return Diagnostic("SNN201", "unknown-key", message, node.key, help, notes)


def _defined(block: Block) -> Note:
    return Note(block.tree.key, f"`{block.name}` is defined here")
