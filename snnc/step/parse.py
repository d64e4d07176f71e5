"""Equations as text into expressions: Python's grammar, a strict whitelist, nothing executed."""

import ast
import keyword
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from snnc.floats import finite, vanishes
from snnc.step.advice import advice, instead_of, shown, usage
from snnc.step.ssa import At, Const, Expr, Operation, Var

FUNCTIONS = {
    "exp": 1, "log": 1, "sqrt": 1, "sigmoid": 1, "tanh": 1, "abs": 1, "relu": 1, "floor": 1,
    "round": 1, "sin": 1, "cos": 1, "min": 2, "max": 2, "clip": 3, "where": 3, "spike": 1,
    "detach": 1, "reset": 2,
}  # fmt: skip
"""Every function of the language and how many arguments it takes (``reset`` may take a third)."""

_BINARY: dict[type, str] = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.Pow: "pow",
}  # fmt: skip
_COMPARE: dict[type, str] = {
    ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Eq: "eq", ast.NotEq: "ne",
}  # fmt: skip
_LONGEST = 20_000
_DERIVATIVE = re.compile(r"\s*d\w+\s*/\s*dt\b")
_TARGET = re.compile(r"\s*(\w+)\s*=")
_MOST_UNREADABLE = 20
_MOST = 200
"""Equations of a step: gradients and kernels are made of all of them together."""
DEEPEST = 100
"""Levels of an expression: those who walk it do so by recursion."""
_INDENTED = re.compile(r"(\s*\n)?[ \t]+\S")


class StepError(ValueError):
    """The equations are wrong at ``at`` (line from 1, column from 0, inside the text).

    ``beside`` is set if the mistake stands elsewhere in the definition: ``("state", "v")``.
    """

    def __init__(
        self, message: str, at: At, help: str | None = None, beside: tuple[str, ...] = ()
    ) -> None:
        super().__init__(message)
        self.message, self.at, self.help, self.beside = message, at, help, beside


class Unreadable(StepError):
    """A line is none of Python's; the others may be."""


@dataclass(frozen=True)
class Equation:
    """``name = value``, as written."""

    name: str
    value: Expr
    at: At


class Parsed(NamedTuple):
    """The equations of a text that are right, what is wrong with others, and the names of these."""

    equations: tuple[Equation, ...]
    wrong: tuple[StepError, ...]
    doubtful: frozenset[str]


@lru_cache(maxsize=64)  # layers of one kind ask for the same
def parse(text: str) -> tuple[Equation, ...]:
    """The equations of ``text``, one assignment a line.

    Raises:
        StepError: the text is not in the language, with the place where it leaves it.
    """
    return tuple(_equation(statement) for statement in _statements(text))


def parse_on(text: str) -> Parsed:
    """The equations of ``text`` as far as they are right, and everything that is not."""
    statements, wrong = _readable(text)
    equations, doubtful = list[Equation](), {_name(text, error.at) for error in wrong}
    for statement in statements:
        try:
            equations.append(_equation(statement))
        except StepError as error:
            wrong.append(error)
            doubtful |= _assigned(statement)
    return Parsed(tuple(equations), tuple(wrong), frozenset(doubtful))


def parse_expression(text: str) -> Expr:
    """Parse a single expression, such as a surrogate gradient. Raises StepError."""
    statements = _statements(text)
    if len(statements) == 1 and isinstance(statements[0], ast.Expr):
        return _expression(statements[0].value)
    raise StepError("expected one expression", (1, 0))


def _statements(text: str) -> list[ast.stmt]:
    if len(text) > _LONGEST:
        raise StepError(f"the equations are longer than {_LONGEST} characters", (1, 0))
    try:
        found = _indented(text) if _INDENTED.match(text) else ast.parse(text).body
    except SyntaxError as error:
        at = (max(error.lineno or 1, 1), max((error.offset or 1) - 1, 0))
        if "too many nested" in error.msg:
            raise StepError("the equations are nested too deeply", at) from None
        raise _no_equation(text, at) from None
    except (RecursionError, MemoryError, ValueError):
        raise StepError("the equations are nested too deeply", (1, 0)) from None
    if len(found) > _MOST:
        at = (found[_MOST].lineno, found[_MOST].col_offset)
        raise StepError(f"a step has at most {_MOST} equations, not {len(found)}", at)
    _not_too_deep(found)
    return found


def _readable(text: str) -> tuple[list[ast.stmt], list[StepError]]:
    """The lines that Python can read, and what is wrong with others, which are left out."""
    wrong: list[StepError] = []
    while len(wrong) < _MOST_UNREADABLE:
        try:
            return _statements(text), wrong
        except Unreadable as error:
            wrong.append(error)
            text = _without_line(text, error.at[0])
        except StepError as error:
            wrong.append(error)
            break
    return [], wrong


def _without_line(text: str, number: int) -> str:
    lines = text.split("\n")
    lines[number - 1 : number] = [""]
    return "\n".join(lines)


def _name(text: str, at: At) -> str:
    """The name that the line at a place assigns; "" if none is to be seen."""
    line = "".join(text.split("\n")[at[0] - 1 : at[0]])
    found = _TARGET.match(line)
    return found[1] if found else ""


def _assigned(statement: ast.stmt) -> set[str]:
    """The names that a statement of Python gives values."""
    nodes = ast.walk(statement)
    return {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _not_too_deep(statements: list[ast.stmt]) -> None:
    """Counts levels without recursion, which could not go down there."""
    ahead = [(child, 1) for statement in statements for child in ast.iter_child_nodes(statement)]
    while ahead:
        node, depth = ahead.pop()
        if depth > DEEPEST and isinstance(node, ast.expr):
            message = f"this is nested more than {DEEPEST} levels deep"
            help = "give parts of it names: each line has its own levels"
            raise StepError(message, (node.lineno, node.col_offset), help)
        ahead += [(child, depth + 1) for child in ast.iter_child_nodes(node)]


def _no_equation(text: str, at: At) -> Unreadable:
    line = "".join(text.split("\n")[at[0] - 1 : at[0]])
    target = _TARGET.match(line)
    if target and keyword.iskeyword(target[1]):
        help = f"for example `{target[1]}1`"
        return Unreadable(f"`{target[1]}` is a Python keyword", (at[0], target.start(1)), help)
    if _DERIVATIVE.match(line):
        help = "write the next value of the state: `v = v + (x - v) / tau`"
        return Unreadable("this is a derivative, not an equation of a step", at, help)
    help = "one a line: `name = expression`, and every `(` is closed"
    return Unreadable("this is not an equation", at, help)


def _indented(text: str) -> list[ast.stmt]:
    """Equations that are all indented, as some write them below ``step = \"\"\"``."""
    try:
        (block,) = ast.parse(f"if 1:\n{text}").body
    except SyntaxError as error:
        error.lineno = (error.lineno or 2) - 1
        raise
    assert isinstance(block, ast.If)
    return [ast.increment_lineno(statement, -1) for statement in block.body]


def _equation(statement: ast.stmt) -> Equation:
    at = (statement.lineno, statement.col_offset)
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        raise StepError("expected `name = expression`", at, instead_of(statement))
    target = statement.targets[0]
    if not isinstance(target, ast.Name):
        raise StepError("only a plain name can be assigned", at, instead_of(target))
    return Equation(target.id, _expression(statement.value), at)


def _expression(node: ast.expr) -> Expr:
    at = (node.lineno, node.col_offset)
    match node:
        case ast.Constant(value=bool() | int() | float() as value):
            return _number(value, at)
        case ast.Name(id=name):
            return Var(name, at)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return Operation("neg", (_expression(operand),), at)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _expression(operand)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return Operation(_BINARY[type(op)], (_expression(left), _expression(right)), at)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARE:
            return Operation(_COMPARE[type(op)], (_expression(left), _expression(right)), at)
        case ast.IfExp(test=test, body=body, orelse=other):
            return Operation("if", (_expression(test), _expression(body), _expression(other)), at)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            return _call(name, args, at)
    help = instead_of(node, [*FUNCTIONS])
    raise StepError(f"`{shown(node)}` is not part of the step language", at, help)


def _number(value: float, at: At) -> Const:
    if not finite(value):
        raise StepError("this number is too large for float32", at)
    if value != 0 and vanishes(value):
        raise StepError("this number is too small for float32: it would be 0", at)
    return Const(float(value))


def _call(name: str, args: list[ast.expr], at: At) -> Operation:
    if name not in FUNCTIONS:
        raise StepError(
            f"unknown function `{name}`", at, advice(name, sorted(FUNCTIONS), "function")
        )
    allowed = (FUNCTIONS[name], 3) if name == "reset" else (FUNCTIONS[name],)
    if len(args) not in allowed:
        count = " or ".join(str(n) for n in allowed)
        plural = "s" * (count != "1")
        message = f"`{name}` takes {count} argument{plural}, not {len(args)}"
        raise StepError(message, at, usage(name))
    return Operation(name, tuple(_expression(arg) for arg in args), at)
