"""``"$name"`` and ``"${expression}"``: what the names of a scope put in their place.

A reference is the whole string, and the value keeps its type. ``$$`` is a plain ``$``. Texts for
people (``doc``) and equations (``step``, ``gradient``) are not looked into.
"""

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from snnc.resolve.expression import evaluate, unknown_variable
from snnc.resolve.syntax import LITERALS, Expression, bad_expression, locate, parse
from snnc.source.diagnostic import Diagnostic, Findings, Note, Place
from snnc.source.tree import UNKNOWN, Scalar, Tree

NAME = re.compile(r"\$([^\W\d]\w*)")
_ALONE = re.compile(r"\$\{\s*([^\W\d]\w*)\s*\}")
EXPRESSION = re.compile(r"\$\{([^{}]*)\}")
_VARS = re.compile(r"\$[({]?(?:vars?\.)?([^\W\d]\w*)[)}]?")
_SUM = re.compile(r"[\w$.{}()+*/ -]*[+*/][\w$.{}()+*/ -]*|[\w$.{}()+*/ -]* - [\w$.{}()+*/ -]*")
EQUATIONS = ("step", "gradient")
MOST_NOTES = 4


@dataclass(frozen=True)
class Variables:
    """Names and what they stand for. A string that needs a ``later`` name is left as it is.

    What needs a ``broken`` one is unknown, and nobody is to blame for it.
    """

    names: Mapping[str, Tree]
    later: frozenset[str] = frozenset()
    broken: frozenset[str] = frozenset()

    def has(self, name: str) -> bool:
        """Whether a name means something here."""
        return name in self.names or name in self.later or name in self.broken

    def inside(self, names: Mapping[str, Tree]) -> "Variables":
        """The scope in a block with these parameters: they hide variables of the same name."""
        own = names.keys()
        return Variables({**self.names, **names}, self.later - own, self.broken - own)

    def awaiting(self, names: Collection[str]) -> "Variables":
        """The scope in a block whose parameters have no values yet."""
        known = {name: node for name, node in self.names.items() if name not in names}
        return Variables(known, self.later.union(names), self.broken.difference(names))


def substitute_in(tree: Tree, scope: Variables) -> Tree:
    """The tree with every reference replaced, or all that is wrong with its references."""
    done, found = settle(tree, scope)
    if found:
        raise Findings(*found)
    return done


def settle(tree: Tree, scope: Variables) -> tuple[Tree, tuple[Diagnostic, ...]]:
    """The tree with every reference replaced, unknown where one is wrong, and what is wrong."""
    found: list[Diagnostic] = []
    return _settled(tree, scope, found), tuple(found)


def _settled(tree: Tree, scope: Variables, found: list[Diagnostic]) -> Tree:
    if isinstance(tree.value, str):
        if "$" not in tree.value:
            return tree
        try:
            return _text(tree, tree.value, scope)
        except Findings as findings:
            found.extend(findings.diagnostics)
            return replace(tree, value=UNKNOWN)
    if isinstance(tree.value, dict):
        table = tree.value.items()
        done = {k: n if opaque(k, n) else _settled(n, scope, found) for k, n in table}
        return tree.with_value(done)
    return tree.with_value([_settled(n, scope, found) for n in tree.items]) if tree.items else tree


def opaque(key: str, node: Tree) -> bool:
    """A text in which ``$`` means nothing."""
    if not isinstance(node.value, str):
        return False
    return key == "doc" or (key in EQUATIONS and not _is_reference(node.value))


def mentioned(tree: Tree) -> frozenset[str]:
    """Every name that the tree's references use."""
    return frozenset(name for node in _strings(tree) for name in _names(node))


def alias(node: Tree) -> str | None:
    """The name, if the node is a reference to that name alone: ``$name`` or ``${name}``."""
    if not isinstance(node.value, str) or "$" not in node.value:
        return None
    if match := NAME.fullmatch(node.value):
        return match[1]
    expression = _parsed(node)
    return _single(expression) if expression else None


def alias_text(quoted: str) -> str | None:
    """The name in a string of a file, with its quotes, that is a reference to it alone."""
    text = quoted[1:-1]
    match = NAME.fullmatch(text) or _ALONE.fullmatch(text)
    return match[1] if match else None


def _strings(tree: Tree) -> Iterator[Tree]:
    if isinstance(tree.value, str):
        yield tree
    for key, node in tree.table.items():
        yield from () if opaque(key, node) else _strings(node)
    for item in tree.items:
        yield from _strings(item)


def _names(node: Tree) -> tuple[str, ...]:
    if "$" not in str(node.value):
        return ()
    if match := NAME.fullmatch(str(node.value)):
        return (match[1],)
    expression = _parsed(node)
    return tuple(name.id for name in expression.names) if expression else ()


def _parsed(node: Tree) -> Expression | None:
    """The node's expression, if it is a valid one."""
    match = EXPRESSION.fullmatch(str(node.value))
    try:
        return parse(match[1], node.place) if match else None
    except Findings:
        return None


def _single(expression: Expression) -> str | None:
    tree = expression.tree
    return tree.id if isinstance(tree, ast.Name) and tree.id not in LITERALS else None


def _is_reference(text: str) -> bool:
    return bool(NAME.fullmatch(text) or EXPRESSION.fullmatch(text))


def _text(node: Tree, text: str, scope: Variables) -> Tree:
    if "$" not in text.replace("$$", ""):
        return replace(node, value=text.replace("$$", "$"))
    if match := NAME.fullmatch(text):
        return _named(node, match[1], locate(text, node.place, 0, len(text)), scope)
    if match := EXPRESSION.fullmatch(text):
        return _computed(node, match[1], scope)
    message = 'a reference must be the whole string: "$name" or "${expression}"'
    raise bad_expression(message, node.place, _whole(text))


def _whole(text: str) -> str:
    """The reference that was meant by a string with a `$` in it."""
    if text.startswith("${") and "}" not in text:
        return "the `}` is missing"
    if found := _VARS.fullmatch(text):
        return f'write "${found[1]}"'
    if _SUM.fullmatch(text):
        plain = re.sub(r"\$\{([^{}]*)\}|\$", lambda found: found[1] or "", text)
        return f'write "${{{plain.strip()}}}"'
    if not NAME.search(text) and not EXPRESSION.search(text):
        return "write `$$` for a plain `$`"
    parts = "texts are not put together: write it out, or let `repeat` number layers (`conv.0`)"
    return f"{parts}; `$$` is a plain `$`"


def _named(node: Tree, name: str, at: Place, scope: Variables) -> Tree:
    if name in scope.broken:
        return replace(node, value=UNKNOWN)
    if name in scope.later:
        return node
    if name not in scope.names:
        raise _unknown(name, at, scope)
    return _referred(node, name, scope.names[name])


def _computed(node: Tree, text: str, scope: Variables) -> Tree:
    expression = parse(text, node.place)
    name = _single(expression)
    if name:
        return _named(node, name, expression.at(expression.tree), scope)
    needed = dict.fromkeys(n.id for n in expression.names)
    unknown = [n for n in expression.names if not scope.has(n.id)]
    if unknown:
        found = (_unknown(n.id, expression.at(n), scope) for n in unknown)
        raise Findings(*(d for findings in found for d in findings.diagnostics))
    if any(name in scope.broken or _is_unknown(scope.names.get(name)) for name in needed):
        return replace(node, value=UNKNOWN)
    if not scope.later.isdisjoint(needed):
        return node
    return _value(node, text, {name: scope.names[name] for name in needed})


def _is_unknown(node: Tree | None) -> bool:
    return node is not None and node.value is UNKNOWN


def _value(node: Tree, text: str, names: Mapping[str, Tree]) -> Tree:
    """The expression's value, or its error with notes that lead to what it was computed from."""
    notes = tuple(_defined(name, tree) for name, tree in names.items())
    try:
        value = evaluate(text, {name: tree.plain() for name, tree in names.items()}, node.place)
    except Findings as findings:
        raise Findings(*(replace(d, notes=notes) for d in findings.diagnostics)) from None
    assert isinstance(value, Scalar)
    return Tree(value, node.key, node.place, limit((*node.notes, *notes)))


def _referred(use: Tree, name: str, definition: Tree) -> Tree:
    """The definition's value in the place of its use; what is inside stays where it is written."""
    inner = Note(use.place, "used here")
    notes = (*use.notes, _defined(name, definition), *definition.notes)
    return replace(use, value=_noted(definition, inner).value, notes=limit(notes))


def _noted(tree: Tree, note: Note) -> Tree:
    """The tree with a note on everything inside it."""
    if isinstance(tree.value, dict):
        return tree.with_value({key: annotate(n, note) for key, n in tree.table.items()})
    if isinstance(tree.value, list):
        return tree.with_value([annotate(item, note) for item in tree.items])
    return tree


def annotate(tree: Tree, note: Note) -> Tree:
    """The tree with a note on it and on everything inside."""
    return Tree(_noted(tree, note).value, tree.key, tree.place, limit((*tree.notes, note)))


def limit(notes: tuple[Note, ...]) -> tuple[Note, ...]:
    """A long chain of references is not told to its end."""
    return notes[:MOST_NOTES]


def _defined(name: str, definition: Tree) -> Note:
    return Note(definition.key, f"`{name}` is defined here")


def _unknown(name: str, at: Place, scope: Variables) -> Findings:
    return Findings(unknown_variable(name, _known(scope), at))


def _known(scope: Variables) -> Iterator[str]:
    """Not all is listed if only the first is looked at."""
    yield from scope.names
    yield from sorted(scope.later)
