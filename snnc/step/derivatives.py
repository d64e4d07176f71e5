"""The partial derivatives of every function of the step language.

``round`` and ``floor`` let gradients straight through; ``max`` and ``min`` split them at ties as
PyTorch does; ``relu`` has none at 0; no gradient reaches a condition.
"""

from collections.abc import Callable

from snnc.step.ssa import Const, Expr, Operation, Var

Rule = Callable[..., tuple[Expr | None, ...]]

_ONE, _ZERO, _HALF = Const(1.0), Const(0.0), Const(0.5)


def _op(name: str, *args: Expr) -> Operation:
    return Operation(name, args)


def _ties(sign: str) -> Rule:
    def rule(_: Var | None, a: Expr, b: Expr) -> tuple[Expr | None, ...]:
        first = _op("where", _op(sign, a, b), _ONE, _ZERO)
        second = _op("where", _op(sign, b, a), _ONE, _ZERO)
        tie = _op("eq", a, b)
        return _op("where", tie, _HALF, first), _op("where", tie, _HALF, second)

    return rule


RULES: dict[str, Rule] = {
    "add": lambda y, a, b: (_ONE, _ONE),
    "sub": lambda y, a, b: (_ONE, _op("neg", _ONE)),
    "mul": lambda y, a, b: (b, a),
    "div": lambda y, a, b: (_op("div", _ONE, b), _op("neg", _op("div", a, _op("mul", b, b)))),
    "neg": lambda y, a: (_op("neg", _ONE),),
    "exp": lambda y, a: (y,),
    "log": lambda y, a: (_op("div", _ONE, a),),
    "sqrt": lambda y, a: (_op("div", _HALF, y),),
    "sigmoid": lambda y, a: (_op("mul", y, _op("sub", _ONE, y)),),
    "tanh": lambda y, a: (_op("sub", _ONE, _op("mul", y, y)),),
    "sin": lambda y, a: (_op("cos", a),),
    "cos": lambda y, a: (_op("neg", _op("sin", a)),),
    "abs": lambda y, a: (
        _op(
            "where",
            _op("gt", a, _ZERO),
            _ONE,
            _op("where", _op("lt", a, _ZERO), Const(-1.0), _ZERO),
        ),
    ),
    "relu": lambda y, a: (_op("where", _op("gt", a, _ZERO), _ONE, _ZERO),),
    "floor": lambda y, a: (_ONE,),
    "round": lambda y, a: (_ONE,),
    "max": _ties("gt"),
    "min": _ties("lt"),
    "clip": lambda y, a, low, high: (
        _op(
            "where",
            _op("ge", a, low),
            _op("where", _op("le", a, high), _ONE, _ZERO),
            _ZERO,
        ),
        None,
        None,
    ),
    "where": lambda y, c, a, b: (None, _op("where", c, _ONE, _ZERO), _op("where", c, _ZERO, _ONE)),
}
"""From the variable that holds the value, and the arguments: one derivative an argument."""
