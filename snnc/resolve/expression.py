"""The value of a ``${…}`` expression, or a sentence and the columns that keep it from having one.

Strict where Python is lenient: arithmetic takes numbers, logic takes true and false.
"""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from snnc.resolve.arithmetic import (
    ARITHMETIC,
    COMPARISONS,
    Number,
    Unfit,
    calculate,
    comparable,
    is_number,
    too_large,
)
from snnc.resolve.syntax import LITERALS, Expression, bad_expression, parse
from snnc.source.diagnostic import Diagnostic, Findings, Place
from snnc.source.nearest import nearest


def evaluate(text: str, names: Mapping[str, object], place: Place) -> object:
    """The value of ``text``, which stands between the braces at ``place``. Raises Findings."""
    expression = parse(text, place)
    unknown = [node for node in expression.names if node.id not in names]
    if unknown:
        raise Findings(*(unknown_variable(n.id, names, expression.at(n)) for n in unknown))
    return _Evaluation({**names, **LITERALS}, expression).value(expression.tree)


def unknown_variable(name: str, known: Iterable[str], place: Place) -> Diagnostic:
    close = nearest(name, known)
    where = "`required` of the block, or to [vars]" if _in_block(place) else "[vars]"
    hint = f"did you mean `{close}`?" if close else f"add `{name}` to {where}"
    return Diagnostic("SNN103", "unknown-variable", f"`{name}` is not defined", place, hint)


def _in_block(place: Place) -> bool:
    """Whether a place stands below the header of a block."""
    header = place.text.rfind("\n[", 0, place.span.start) + 1
    return place.text.startswith(("[blocks.", "[[blocks."), header)


@dataclass(frozen=True)
class _Evaluation:
    """One expression and the names it may use; recursion is bounded by the parser's limits."""

    names: Mapping[str, object]
    expression: Expression

    def value(self, node: ast.expr) -> object:
        match node:
            case ast.BinOp(left=left, op=sign, right=right):
                return self._arithmetic(node, type(sign), left, right)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return not self._truth(operand, "not")
            case ast.UnaryOp(operand=operand):
                return -self._number(operand, "-")
            case ast.BoolOp(op=ast.And(), values=values):
                return all(self._truth(value, "and") for value in values)
            case ast.BoolOp(values=values):
                return any(self._truth(value, "or") for value in values)
            case ast.Compare(left=left, ops=ops, comparators=others):
                return self._chain(ops, [left, *others])
        return self._leaf(node)

    def _leaf(self, node: ast.expr) -> object:
        value = self.names[node.id] if isinstance(node, ast.Name) else _constant(node)
        if too_large(value):
            raise self._error(node, f"`{self.expression.quote(node)}` is too large")
        return value

    def _arithmetic(
        self, node: ast.expr, sign: type[ast.operator], left: ast.expr, right: ast.expr
    ) -> Number:
        symbol = ARITHMETIC[sign][0]
        operands = self._number(left, symbol), self._number(right, symbol)
        try:
            return calculate(sign, *operands)
        except Unfit as reason:
            raise self._error(node, f"`{self.expression.quote(node)}` {reason}") from None

    def _chain(self, ops: list[ast.cmpop], nodes: list[ast.expr]) -> bool:
        """``a < b < c``: left to right, and no further than the first that is false."""
        left = self.value(nodes[0])
        for op, node in zip(ops, nodes[1:], strict=True):
            right = self.value(node)
            if not self._holds(type(op), left, right, node):
                return False
            left = right
        return True

    def _holds(self, op: type[ast.cmpop], left: object, right: object, node: ast.expr) -> bool:
        sign, compare = COMPARISONS[op]
        if sign not in ("==", "!=") and not comparable(left, right):
            raise self._error(node, f"`{sign}` cannot compare {_kind(left)} with {_kind(right)}")
        return compare(left, right)

    def _number(self, node: ast.expr, sign: str) -> Number:
        value = self.value(node)
        if isinstance(value, int | float) and is_number(value):
            return value
        message = f"`{sign}` needs a number, but `{self.expression.quote(node)}` is {_kind(value)}"
        raise self._error(node, message)

    def _truth(self, node: ast.expr, word: str) -> bool:
        value = self.value(node)
        if isinstance(value, bool):
            return value
        quoted = self.expression.quote(node)
        message = f"`{word}` needs true or false, but `{quoted}` is {_kind(value)}"
        raise self._error(node, message)

    def _error(self, node: ast.expr, message: str) -> Findings:
        return bad_expression(message, self.expression.at(node))


def _constant(node: ast.expr) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def _kind(value: object) -> str:
    """The word for the type of a value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if is_number(value):
        return "a number"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, dict):
        return "a table"
    return "an array" if isinstance(value, list | tuple) else "a date or time"
