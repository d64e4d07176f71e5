"""A step as C over scalars of type ``real``: C and CUDA read the same text."""

from snnc.step.ssa import SPIKES, Assign, Const, Expr, Var
from snnc.step.symbol import symbol

_BINARY = {"add": ("+", 1), "sub": ("-", 1), "mul": ("*", 2), "div": ("/", 2)}
_COMPARE = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
_CALLS = {
    "exp": "EXP({})",
    "log": "LOG({})",
    "sqrt": "SQRT({})",
    "tanh": "TANH({})",
    "sin": "SIN({})",
    "cos": "COS({})",
    "floor": "FLOOR({})",
    "round": "RINT({})",
    "abs": "ABS({})",
    "sigmoid": "(R(1.0) / (R(1.0) + EXP(-({}))))",
    # written out, so that NaN stays NaN as in PyTorch
    "relu": "({0} < R(0.0) ? R(0.0) : {0})",
    "max": "({0} > {1} || {0} != {0} ? {0} : {1})",
    "min": "({0} < {1} || {0} != {0} ? {0} : {1})",
    "clip": "({0} < {1} ? {1} : {0} > {2} ? {2} : {0})",
    "where": "({} ? {} : {})",
    "spike": "({} >= R(0.0) ? R(1.0) : R(0.0))",
    "spike_above": "({} > R(0.0) ? R(1.0) : R(0.0))",
}
_NEG, _ATOM = 3, 9


def declarations(body: tuple[Assign, ...]) -> list[str]:
    """``const real name_ = value;`` for every assignment."""
    return [f"const real {symbol(a.name)} = {expression(a.value)};" for a in body]


def expression(expr: Expr) -> str:
    """``expr`` in C; the same operations in the same order as in Python."""
    return _print(expr)[0]


def _print(expr: Expr) -> tuple[str, int]:
    if isinstance(expr, Const):
        return f"R({float(expr.value)!r})", _ATOM
    if isinstance(expr, Var):
        return symbol(expr.name), _ATOM
    if expr.name in _BINARY:
        sign, level = _BINARY[expr.name]
        left, right = _within(expr.args[0], level), _within(expr.args[1], level + 1)
        return f"{left} {sign} {right}", level
    if expr.name == "neg":
        return f"-{_within(expr.args[0], _ATOM)}", _NEG
    if expr.name in _COMPARE:
        left, right = (_within(arg, 1) for arg in expr.args)
        return f"{left} {_COMPARE[expr.name]} {right}", 0
    if expr.name == "detach":
        return _print(expr.args[0])
    return _CALLS[expr.name].format(*(_argument(expr.name, arg) for arg in expr.args)), _ATOM


def _argument(function: str, expr: Expr) -> str:
    repeated = function in ("relu", "max", "min", "clip")
    return _within(expr, _ATOM) if repeated else _within(expr, 1 if function in SPIKES else 0)


def _within(expr: Expr, level: int) -> str:
    text, own = _print(expr)
    return text if own >= level else f"({text})"
