"""The syntax of ``${…}``: numbers, strings, booleans, names; arithmetic and logic; no more.

Python's own parser reads it, a whitelist checks every node, and bounds on length, depth and size
keep it from taking time or memory. Nothing is ever executed.
"""

import ast
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from snnc.resolve.arithmetic import ARITHMETIC, COMPARISONS
from snnc.source.diagnostic import Diagnostic, Findings, Place

LONGEST = 500
DEEPEST = 200
LITERALS: Mapping[str, bool] = {"true": True, "false": False}
ALLOWED = "numbers, strings, true, false, variables, + - * / // % **, comparisons, and, or, not"


@dataclass(frozen=True)
class Expression:
    """A parsed expression, the names it needs from left to right, and where its string stands."""

    text: str
    place: Place
    tree: ast.expr
    names: tuple[ast.Name, ...]

    def quote(self, node: ast.expr) -> str:
        start, end = self._columns(node)
        return self.text[start:end]

    def at(self, node: ast.expr) -> Place:
        """The node's own columns; the whole string if escapes hide where they are."""
        start, end = self._columns(node)
        return locate(self.text, self.place, start, end)

    def _columns(self, node: ast.expr) -> tuple[int, int]:
        """Python counts bytes, we count characters, and leading blanks were not parsed."""
        blanks = len(self.text) - len(self.text.lstrip())
        line = self.text.lstrip().encode()
        ends = (node.col_offset, node.end_col_offset or node.col_offset)
        start, end = (blanks + len(line[:column].decode()) for column in ends)
        return start, end


def parse(text: str, place: Place) -> Expression:
    """The syntax tree of an expression without anything foreign. Raises Findings."""
    if len(text) > LONGEST:
        raise bad_expression(f"an expression has at most {LONGEST} characters", place)
    whole = locate(text, place, 0, len(text))
    if not text.isprintable():
        raise bad_expression("an expression is one line of printable characters", whole)
    if not text.strip():
        raise bad_expression("an expression is missing between the braces", place)
    found = _python(text.strip())
    if found is None:
        raise bad_expression(f"`{text}` is not an expression", whole)
    if found.deep:
        raise bad_expression("the expression is nested too deeply", whole)
    expression = Expression(text, place, found.tree, found.names)
    if node := found.foreign:
        message = f"`{expression.quote(node)}` is not allowed in an expression"
        raise bad_expression(message, expression.at(node), _instead(node))
    return expression


def locate(text: str, place: Place, start: int, end: int) -> Place:
    """Columns of ``text`` inside the quoted string at ``place``, if it stands there verbatim."""
    quoted = place.quoted
    at = quoted.find("${" + text) + 2 if "${" + text in quoted else quoted.find(text)
    return place if at < 0 else place.within(at + start, at + end)


def bad_expression(message: str, place: Place, hint: str | None = None) -> Findings:
    return Findings(Diagnostic("SNN104", "bad-expression", message, place, hint))


class _Parsed(NamedTuple):
    """Python's tree of a text, and what it has that the language lacks."""

    tree: ast.expr
    deep: bool
    names: tuple[ast.Name, ...] = ()
    foreign: ast.expr | None = None


@lru_cache(maxsize=2**13)  # every expression is asked for several times
def _python(text: str) -> _Parsed | None:
    """Python's tree; its messages differ between versions, so none of them is passed on."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    if _deep(tree):
        return _Parsed(tree, deep=True)
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.expr)]
    named = [node for node in nodes if isinstance(node, ast.Name) and node.id not in LITERALS]
    names = tuple(sorted(named, key=lambda node: node.col_offset))
    return _Parsed(tree, False, names, next((node for node in nodes if not _allowed(node)), None))


def _deep(tree: ast.expr) -> bool:
    """Level by level, so that asking needs no stack."""
    level: list[ast.AST] = [tree]
    for _ in range(DEEPEST):
        if not level:
            return False
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return bool(level)


def _instead(node: ast.expr) -> str:
    """The expression that was meant, or all that is allowed."""
    match node:
        case ast.Attribute(value=ast.Name(id="vars" | "var"), attr=name):
            return f"write `{name}`"
        case ast.BinOp(op=ast.BitXor()):
            return "a power is `**`"
        case ast.BinOp(op=ast.BitAnd() | ast.BitOr()) | ast.UnaryOp(op=ast.Invert()):
            return "write `and`, `or`, `not`"
        case ast.IfExp():
            return "write both values in [vars], or `when` in the layer"
    return f"allowed are {ALLOWED}"


def _allowed(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=value):
            return isinstance(value, bool | int | float | str)
        case ast.UnaryOp(op=op):
            return isinstance(op, ast.USub | ast.Not)
        case ast.BinOp(op=sign):
            return type(sign) in ARITHMETIC
        case ast.Compare(ops=ops):
            return all(type(op) in COMPARISONS for op in ops)
    return isinstance(node, ast.Name | ast.BoolOp)
