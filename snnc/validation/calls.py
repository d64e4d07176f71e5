"""Calls of Python, ``Conv2d(1, 16, 3, padding=1)``, as the table that a spec has for them."""

import ast
from collections.abc import Sequence

from snnc.source.nearest import same
from snnc.validation.decays import as_keys

_POSITIONAL = {
    "Linear": ("in_features", "out_features", "bias"),
    "MaxPool": ("kernel_size", "stride", "padding"),
    "AvgPool": ("kernel_size", "stride", "padding"),
    "Adaptive": ("output_size",),
    "Conv": ("in_channels", "out_channels", "kernel_size", "stride", "padding"),
    "BatchNorm": ("num_features",),
    "Dropout": ("p",),
    "LIF": ("tau",),
    "Flatten": ("start_dim", "end_dim"),
}
"""The arguments of PyTorch that have no names, by the beginning of the kind."""
_INFERRED = ("in_features", "in_channels", "num_features")
_LONGEST = 200


def written_out(call: str, kind: str, keys: Sequence[str], place: str = "key") -> str:
    """The table for a call of ``kind``, which may have these keys; "" if it has no such form.

    ``place`` is that of words which other libraries have for the keys.
    """
    found = _parsed(call)
    if found is None or not (found.args or found.keywords):
        return ""
    known = any(map(kind.startswith, _POSITIONAL))
    values = [_value(arg) for arg in found.args] if known else []  # Adam(net.parameters(), …)
    return table(kind, values, _named(found, keys, place))


def table(kind: str, values: Sequence[str | None], named: Sequence[tuple[str, str]] = ()) -> str:
    """The table of ``kind`` with PyTorch's positional values; "" if it has no such form."""
    names = next((n for start, n in _POSITIONAL.items() if kind.startswith(start)), ())
    if len(values) > len(names) or None in values:
        return ""
    pairs = [*zip(names, values, strict=False), *named]
    stated = [f"{key} = {value}" for key, value in pairs if key not in _INFERRED]
    return "{ " + ", ".join([f'kind = "{kind}"', *stated]) + " }"


def _parsed(call: str) -> ast.Call | None:
    try:
        found = ast.parse(call, mode="eval").body if len(call) < _LONGEST else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return found if isinstance(found, ast.Call) else None


def _named(call: ast.Call, keys: Sequence[str], place: str) -> list[tuple[str, str]]:
    """The arguments with names, under those of this language; others are left out."""
    found: list[tuple[str, str]] = []
    for word in call.keywords:
        value, name = _value(word.value), word.arg or ""
        constant = word.value.value if isinstance(word.value, ast.Constant) else None
        if told := as_keys(name, constant, frozenset(keys)):
            pairs = (text.partition(" = ") for text in told.split(", "))
            found += [(key, text) for key, _, text in pairs]
        elif value and (key := same(name, keys, place, "key")):
            found.append((key, value))
    return list(dict(found).items())


def _value(node: ast.expr) -> str | None:
    """A plain value of Python as TOML writes it; None for anything else."""
    match node:
        case ast.Constant(value=bool() as value):
            return str(value).lower()
        case ast.Constant(value=int() | float() as value):
            return str(value)
        case ast.Constant(value=str() as value) if '"' not in value and "\\" not in value:
            return f'"{value}"'
        case ast.Tuple(elts=items) | ast.List(elts=items):
            values = [_value(item) for item in items]
            return None if None in values else f"[{', '.join(v for v in values if v)}]"
    return None
