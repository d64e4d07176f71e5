"""Advice for Python that is not part of the step language."""

import ast
from collections.abc import Sequence

from snnc.source.nearest import nearest
from snnc.source.words import said

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
}


def instead_of(node: ast.AST) -> str | None:
    """The equivalent in the step language, if there is one."""
    within = (getattr(node, "op", node), getattr(node, "func", node), node)
    return next((said for n in within if (said := _BY_TYPE.get(type(n)))), None)


def advice(word: str, known: Sequence[str], place: str = "symbol") -> str:
    """The name or function that was probably meant, or all there are."""
    if answer := said(word, (place,)):
        return answer
    guess = nearest(word, known, place)
    return f"did you mean `{guess}`?" if guess else f"known here: {', '.join(known)}"


def shown(node: ast.expr) -> str:
    """An expression as a message shows it."""
    text = ast.unparse(node)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
