"""``[vars]``: named values, put in wherever ``"$name"`` or ``"${expression}"`` stands.

Variables may use each other in any order. Inside a block its parameters hide them; blocks are
checked here and substituted where they are used. The table itself is consumed.
"""

from functools import partial
from keyword import iskeyword

from snnc.resolve.collect import attempt, diagnostics, each_entry, without
from snnc.resolve.growth import check_growth
from snnc.resolve.references import Graph, cycles, dependencies, in_order
from snnc.resolve.scope import Variables, mentioned, substitute_in
from snnc.resolve.syntax import LITERALS
from snnc.source.diagnostic import Diagnostic, Findings, Place
from snnc.source.tree import Tree


def substitute(tree: Tree) -> tuple[Tree, frozenset[str]]:
    """The document without its variables, and the names of the used ones. Raises Findings."""
    scope, problems = variables(tree)
    rest = attempt(lambda: substitute_document(tree, scope))
    problems = (*problems, *diagnostics(rest))
    if isinstance(rest, Findings) or problems:
        raise Findings(*problems)
    return rest, used(tree)


def variables(tree: Tree) -> tuple[Variables, tuple[Diagnostic, ...]]:
    """The scope that ``[vars]`` makes, and what is wrong with it.

    A broken variable, or one that depends on it, has no value: who uses it is not blamed.
    """
    node = tree.get("vars")
    problem = _problem(tree, node)
    if node is None or problem:
        return Variables({}, frozenset(node.table if node else ())), problem
    graph = dependencies(node)
    scope, problems = _evaluate(node, graph)
    return scope, (*cycles(node, graph), *problems)


def substitute_document(tree: Tree, scope: Variables) -> Tree:
    """Everything but ``[vars]`` itself and the blocks."""
    return each_entry(
        without(tree, "vars"),
        lambda key, node: (
            _check_blocks(node, scope) if key == "blocks" else substitute_in(node, scope)
        ),
    )


def used(tree: Tree) -> frozenset[str]:
    """Variables that the document uses, also by way of other variables."""
    node = tree.get("vars")
    graph = dependencies(node) if node else {}
    found: set[str] = set()
    waiting = [name for name in _mentioned(tree) if name in graph]
    while waiting:
        name = waiting.pop()
        waiting += [] if name in found else graph[name]
        found.add(name)
    return frozenset(found)


def parameters(block: Tree) -> frozenset[str]:
    """The names that a block's user gives, or may give, a value."""
    required, optional = block.get("required"), block.get("parameters")
    items = required.items if required else []
    names = {item.value for item in items if isinstance(item.value, str)}
    return frozenset(names.union(optional.table if optional else ()))


def _problem(tree: Tree, node: Tree | None) -> tuple[Diagnostic, ...]:
    """Something so wrong with ``[vars]`` that no variable has a value."""
    if node is None:
        return ()
    if not isinstance(node.value, dict):
        return (_bad("`vars` must be a table", node.place),)
    names = tuple(
        _bad(f"`{name}` cannot name a variable", child.key, "use letters, digits and `_`")
        for name, child in node.table.items()
        if not name.isidentifier() or iskeyword(name) or name in LITERALS
    )
    return names or diagnostics(attempt(lambda: check_growth(tree, node)))


def _evaluate(node: Tree, graph: Graph) -> tuple[Variables, tuple[Diagnostic, ...]]:
    """Each variable after those that it uses, unless one of them has no value."""
    names: dict[str, Tree] = {}
    problems: list[Diagnostic] = []
    for name in in_order(graph):
        later = frozenset(use for use in graph[name] if use not in names)
        value = attempt(partial(substitute_in, node.table[name], Variables(names, later)))
        problems.extend(diagnostics(value))
        if not later and not isinstance(value, Findings):
            names[name] = value
    return Variables(names, frozenset(graph) - names.keys()), tuple(problems)


def _check_blocks(tree: Tree, scope: Variables) -> Tree:
    """Blocks stay as they are written: their parameters have values only where they are used."""
    each_entry(tree, lambda _, block: _check_block(block, scope))
    return tree


def _check_block(block: Tree, scope: Variables) -> Tree:
    """A parameter's default may be the variable that it hides: ``dim = "$dim"``."""
    names, optional = parameters(block), block.get("parameters")
    inner = scope.awaiting(names)
    body = attempt(lambda: substitute_in(without(block, "parameters"), inner))
    defaults = attempt(
        lambda: each_entry(
            optional or block.with_value({}),
            lambda key, node: substitute_in(node, scope.awaiting(names - {key})),
        )
    )
    if isinstance(body, Findings) or isinstance(defaults, Findings):
        raise Findings(*diagnostics(body), *diagnostics(defaults))
    return block


def _mentioned(tree: Tree) -> frozenset[str]:
    """The variables that the document uses outside ``[vars]``, without those of blocks."""
    blocks = tree.get("blocks")
    rest = without(without(tree, "vars"), "blocks")
    inside = [_mentioned_in(block) for block in (blocks.table.values() if blocks else ())]
    return mentioned(rest).union(*inside)


def _mentioned_in(block: Tree) -> frozenset[str]:
    names, optional = parameters(block), block.get("parameters")
    defaults = optional.table if optional else {}
    own = (mentioned(node) - (names - {key}) for key, node in defaults.items())
    return (mentioned(without(block, "parameters")) - names).union(*own)


def _bad(message: str, place: Place, hint: str | None = None) -> Diagnostic:
    return Diagnostic("SNN106", "bad-variable", message, place, hint)
