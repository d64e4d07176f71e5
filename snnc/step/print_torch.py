"""A step as Python over tensors: one line an assignment, no more parentheses than needed."""

from collections.abc import Iterable, Iterator

from snnc.step.ssa import Assign, Const, Expr, Operation, Var, names

_BINARY = {"add": ("+", 1), "sub": ("-", 1), "mul": ("*", 2), "div": ("/", 2), "pow": ("**", 4)}
_COMPARE = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
_FUNCTIONS = frozenset(
    "exp log sqrt sigmoid tanh abs relu sin cos floor round".split()  # as torch calls them
)
_SIGNS = frozenset({*_BINARY, *_COMPARE, "neg", "detach"})
_NEG, _ATOM = 3, 9


def number(value: float) -> str:
    """The shortest text that reads back as the same float64; whole numbers keep their point."""
    return repr(float(value))


def expression(expr: Expr) -> str:
    """``expr`` in Python, names as they are."""
    return _print(expr)[0]


def equations(body: Iterable[Assign]) -> list[str]:
    """``name = value`` lines to read, under the names of the source, without PyTorch's names."""
    body = tuple(body)
    written = {assign.name: assign.source for assign in body}
    lines = [f"{a.source} = {expression(_rename(a.value, written))}" for a in body]
    return [line.replace("torch.", "") for line in lines]


def assignments(body: Iterable[Assign]) -> list[str]:
    """``name = value`` lines to run, every name given once."""
    return [f"{assign.name} = {expression(assign.value)}" for assign in body]


def _rename(expr: Expr, written: dict[str, str]) -> Expr:
    if isinstance(expr, Var):
        return Var(written.get(expr.name, expr.name))
    if isinstance(expr, Operation):
        return Operation(expr.name, tuple(_rename(arg, written) for arg in expr.args))
    return expr


def _print(expr: Expr) -> tuple[str, int]:
    if isinstance(expr, Const):
        return number(expr.value), _NEG if expr.value < 0 else _ATOM
    if isinstance(expr, Var):
        return expr.name, _ATOM
    if expr.name in _BINARY:
        return _binary(*_BINARY[expr.name], expr.args)
    if expr.name == "neg":
        return f"-{_within(expr.args[0], _NEG)}", _NEG
    if expr.name in _COMPARE:
        left, right = (_within(arg, 1) for arg in expr.args)
        return f"{left} {_COMPARE[expr.name]} {right}", 0
    return _call(expr), _ATOM


def _binary(sign: str, level: int, args: tuple[Expr, ...]) -> tuple[str, int]:
    power = sign == "**"
    left = _within(args[0], level + power)
    right = _exponent(args[1]) if power else _within(args[1], level + 1)
    # ruff format hugs ** between plain operands only
    hug = power and all(isinstance(arg, Const | Var) for arg in args)
    return (f"{left}**{right}" if hug else f"{left} {sign} {right}"), level


def _exponent(expr: Expr) -> str:
    whole = isinstance(expr, Const) and expr.value.is_integer()
    return str(int(expr.value)) if whole and isinstance(expr, Const) else _within(expr, 4)


def _within(expr: Expr, level: int) -> str:
    text, own = _print(expr)
    return text if own >= level else f"({text})"


def uses(body: Iterable[Assign]) -> frozenset[str]:
    """The functions and modules that :func:`assignments` call: ``spike``, ``choose``, ``torch``."""
    return frozenset(name for assign in body for name in called(assign.value))


def called(expr: Expr) -> Iterator[str]:
    """The functions and modules that :func:`expression` calls."""
    if not isinstance(expr, Operation):
        return
    if expr.name not in _SIGNS:
        yield _callee(expr).partition(".")[0]
    for arg in expr.args:
        yield from called(arg)


def _callee(expr: Operation) -> str:
    """The function that is called for what is no operator of Python's."""
    if expr.name in _FUNCTIONS:
        return f"torch.{expr.name}"
    if expr.name in ("max", "min"):
        clamped = any(isinstance(arg, Const) for arg in expr.args)
        return "torch.clamp" if clamped else f"torch.{expr.name}imum"
    if expr.name == "where":
        constant = all(isinstance(arg, Const) for arg in expr.args[1:])
        return "choose" if constant else "torch.where"
    return {"clip": "torch.clamp"}.get(expr.name, expr.name)


def _call(expr: Operation) -> str:
    args = [expression(arg) for arg in expr.args]
    if expr.name == "detach":
        return args[0] if isinstance(expr.args[0], Var) else f"({args[0]})"
    callee = _callee(expr)
    if expr.name in ("max", "min"):
        args = _extremum(expr, args)
    if callee == "choose":
        args.append(next(names(expr)))
    return f"{callee}({', '.join(args)})"


def _extremum(expr: Operation, args: list[str]) -> list[str]:
    """torch.maximum takes tensors only; with a number, clamping is the same."""
    for at, arg in enumerate(expr.args):
        if isinstance(arg, Const):
            bound = "min" if expr.name == "max" else "max"
            return [args[1 - at], f"{bound}={args[at]}"]
    return args
