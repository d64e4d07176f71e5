"""``[vars]``: named values, put in wherever ``"$name"`` or ``"${expression}"`` stands.

Variables may use each other in any order. Inside a block its parameters hide them; blocks are
checked here and substituted where they are used. The table itself is consumed.
"""

from functools import partial
from keyword import iskeyword

from snnc.resolve.collect import attempt, diagnostics, each_entry, without
from snnc.resolve.growth import check_growth
from snnc.resolve.references import Graph, cycles, dependencies, in_order
from snnc.resolve.scope import Variables, mentioned, settle, substitute_in
from snnc.resolve.syntax import LITERALS
from snnc.source.diagnostic import Diagnostic, Findings, Place
from snnc.source.tree import Tree


def substitute(tree: Tree) -> tuple[Tree, frozenset[str]]:
    """The document without its variables, and the names of the used ones. Raises Findings."""
    scope, problems = variables(tree)
    rest, found = settle_document(tree, scope)
    if problems or found:
        raise Findings(*problems, *found)
    return rest, used(tree)


def variables(tree: Tree) -> tuple[Variables, tuple[Diagnostic, ...]]:
    """The scope that ``[vars]`` makes, and what is wrong with it.

    A broken variable, or one that depends on it, has no value: who uses it is not blamed.
    """
    node = tree.get("vars")
    if node is None:
        return Variables({}), ()
    if not isinstance(node.value, dict):
        return Variables({}, broken=mentioned(tree)), (_bad("`vars` must be a table", node.place),)
    misnamed = {name: child for name, child in node.table.items() if not _can_name(name)}
    bad = [_misnamed(name, child) for name, child in misnamed.items()]
    node = node.with_value({k: n for k, n in node.table.items() if k not in misnamed})
    huge = diagnostics(attempt(lambda: check_growth(tree, node)))
    if huge:
        return Variables({}, broken=frozenset(node.table)), (*bad, *huge)
    graph = dependencies(node)
    scope, problems = _evaluate(node, graph)
    return scope, (*bad, *cycles(node, graph), *problems)


def settle_document(tree: Tree, scope: Variables) -> tuple[Tree, tuple[Diagnostic, ...]]:
    """Everything but ``[vars]`` itself and the blocks, and what is wrong with references."""
    blocks = tree.get("blocks")
    rest, found = settle(without(without(tree, "vars"), "blocks"), scope)
    if blocks is None:
        return rest, found
    wrong = diagnostics(attempt(lambda: _check_blocks(blocks, scope)))
    order = (key for key in tree.table if key != "vars")
    return rest.with_value({k: {**rest.table, "blocks": blocks}[k] for k in order}), (
        *found,
        *wrong,
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


def unused(tree: Tree) -> frozenset[str]:
    """The variables that nothing uses; one with an impossible name cannot be used."""
    node = tree.get("vars")
    names = {name for name in (node.table if node else ()) if _can_name(name)}
    return frozenset(names - used(tree))


def parameters(block: Tree) -> frozenset[str]:
    """The names that a block's user gives, or may give, a value."""
    required, optional = block.get("required"), block.get("parameters")
    items = required.items if required else []
    names = {item.value for item in items if isinstance(item.value, str)}
    return frozenset(names.union(optional.table if optional else ()))


def _can_name(name: str) -> bool:
    return name.isidentifier() and not iskeyword(name) and name not in LITERALS


def _misnamed(name: str, node: Tree) -> Diagnostic:
    return _bad(f"`{name}` cannot name a variable", node.key, "use letters, digits and `_`")


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
    return Variables(names, broken=frozenset(graph) - names.keys()), tuple(problems)


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
