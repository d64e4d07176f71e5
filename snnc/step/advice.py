"""Advice for Python that is not part of the step language."""

import ast
from collections.abc import Sequence

from snnc.source.nearest import nearest
from snnc.source.words import said
from snnc.step.ssa import Const, Expr, Operation, Var

_LONGEST = 40
_BY_TYPE: dict[type[ast.AST], str] = {
    ast.AugAssign: "write the sum: `v = v + …`",
    ast.If: "write `where(condition, a, b)`",
    ast.BitXor: "a power is `**`",
    ast.Attribute: "write functions without a dot: `exp(u)`",
    ast.BoolOp: "nest them: `where(a, where(b, …), …)`",
    ast.Not: "swap the two values: `where(condition, b, a)`",
    ast.Compare: "compare two at a time",
    ast.Expr: "every line assigns a value to a name",
    ast.Subscript: "a state stands for its value one step earlier: write `v`",
    ast.Tuple: "one name a line",
    ast.Return: "delete it: `output` names the value",
}
_USAGE = {
    "spike": "spike(h - v_threshold)",
    "reset": "reset(h, s)",
    "where": "where(condition, a, b)",
    "clip": "clip(x, low, high)",
    "min": "min(a, b)",
    "max": "max(a, b)",
}
_LIBRARIES = frozenset("torch np numpy math F nn functional surrogate snn jnp jax tf".split())
"""Names before the dot that are those of a library; any other is a value or ``self``."""
_SPIKES = frozenset("surrogate_function spike_grad surrogate spike_fn sg act heaviside".split())
"""Attributes that other libraries call to make spikes."""


def instead_of(node: ast.AST, functions: Sequence[str] = ()) -> str | None:
    """The equivalent in the step language, if there is one; ``functions`` are those that it has."""
    if isinstance(node, ast.Call) and (written := _called(node, functions)):
        return written
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        name = node.value.id
        return f"write `{name}`: a state is its old value until the line that assigns it"
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        owner, name = node.value.id, node.attr
        if owner == "self" or (owner in _LIBRARIES and name == "pi"):
            return f"write `{name}`"
    within = (getattr(node, "op", node), getattr(node, "func", node), node)
    return next((said for n in within if (said := _BY_TYPE.get(type(n)))), None)


def usage(function: str) -> str:
    """The way to call one of the functions."""
    return f"write `{_USAGE.get(function, f'{function}(x)')}`"


def _called(node: ast.Call, functions: Sequence[str]) -> str | None:
    """A call of a library or of a method, as a call of one of the functions."""
    if node.keywords and isinstance(node.func, ast.Name):
        return "arguments stand in their order, without names"
    if isinstance(node.func, ast.Call):  # surrogate.ATan()(h - v_threshold)
        return _written("spike", node.args)
    if not isinstance(node.func, ast.Attribute):
        return None
    name, owner = node.func.attr, node.func.value
    if name in _SPIKES:
        return _written("spike", node.args[:1])
    method = not _is_library(owner)
    if answer := said(name, ("function",)):
        return answer
    if method and isinstance(owner, ast.Compare):  # (h >= 1).float()
        return _compared(owner)
    found = nearest(name, functions, "function")
    return _written(found, [owner, *node.args] if method else node.args) if found else None


def _is_library(owner: ast.expr) -> bool:
    while isinstance(owner, ast.Attribute):
        owner = owner.value
    return isinstance(owner, ast.Name) and owner.id in {*_LIBRARIES, "self"}


def _written(function: str, args: Sequence[ast.expr]) -> str:
    return f"write `{function}({', '.join(map(shown, args))})`"


def _compared(node: ast.Compare) -> str | None:
    """The spike that a comparison stands for."""
    if len(node.ops) != 1 or not isinstance(node.ops[0], ast.Gt | ast.GtE | ast.Lt | ast.LtE):
        return None
    sides = [node.left, node.comparators[0]]
    high, low = sides if isinstance(node.ops[0], ast.Gt | ast.GtE) else reversed(sides)
    return f"a spike is `spike({shown(high)} - {_part(low)})`"


def _part(node: ast.expr) -> str:
    return f"({shown(node)})" if isinstance(node, ast.BinOp) else shown(node)


def spiking(expr: Operation) -> str:
    """The spike that a comparison of two values stands for, where it is written as one."""
    left, right = map(_plain, expr.args)
    high, low = (left, right) if expr.name in ("gt", "ge") else (right, left)
    if expr.name in ("eq", "ne"):
        return "write it there: `where(condition, 1, 0)`"
    return f"a spike is `spike({high} - {low})`, and a choice `where(condition, a, b)`"


def _plain(expr: Expr) -> str:
    match expr:
        case Var(name=name):
            return name
        case Const(value=value) if value >= 0:
            return f"{value:g}"
    return "(…)"


def advice(word: str, known: Sequence[str], place: str = "symbol", declared: str = "") -> str:
    """The name or function that was probably meant, or all there are; ``declared`` makes it one."""
    if answer := said(word, (place,)):
        return answer
    if guess := nearest(word, known, place):
        return f"did you mean `{guess}`?"
    return f"{declared}{'; ' * bool(declared)}known here: {', '.join(known)}"


def shown(node: ast.expr) -> str:
    """An expression as a message shows it."""
    text = ast.unparse(node)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
