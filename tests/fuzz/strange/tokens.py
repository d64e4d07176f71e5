"""Words and values that are put into specs."""

import tomllib
from datetime import date
from typing import Any

from snnc.kinds import catalog
from tests.faults import extremes
from tests.safety.strange import HIDDEN, QUOTES

_CATALOGS = ("layers", "neurons", "encoders", "readouts", "surrogates", "losses", "initializers")
KINDS = tuple(sorted({name for package in _CATALOGS for name in catalog(f"snnc.{package}")}))
KEYS = (
    *("kind", "name", "from", "feedback", "repeat", "first", "when", "initial", "surrogate"),
    *("layers", "network", "input", "inputs", "output", "outputs", "defaults", "vars", "blocks"),
    *("neurons", "surrogates", "train", "convert", "build", "format", "doc", "time_steps", "step"),
    *("shape", "encoder", "readout", "state", "parameters", "required", "gradient", "extends"),
    *("per", "learnable", "range", "uniform", "value", "max_delay", "time_chunk", "schedule"),
)
NAMES = (
    *(
        "",
        " ",
        "input",
        "self",
        "None",
        "True",
        "class",
        "import",
        "torch",
        "v",
        "x",
        "s",
        "_",
        "__",
    ),
    *(
        "a" * 32,
        "a" * 33,
        "x" * 3000,
        "é",
        "名",
        "a.b",
        "a b",
        "a-b",
        "1a",
        "$a",
        "input@-1",
        "a@-0",
    ),
    *("input@-99999999999999999999", "../a", "/etc/passwd", "CON", "${", "}", "${1/0}", "none"),
    *("__class__", "forward", "state", "time_steps", "training", "dict", "exp", "int", "double"),
)
EQUATIONS = (
    *(
        "v = ",
        "s = spike(1.0)",
        "v = v / 0",
        "v = where(x, v, s)",
        "v = (" * 90,
        "x = x",
        "v = s = x",
    ),
    *(
        "v = 1 if x else 2",
        "v = lambda: x",
        "v = [x]",
        "v = x.y",
        "v = x[0]",
        "v = __import__('os')",
    ),
    *("v = v ** v", "v = reset(v, s)", "v = spike(spike(x))", "v = -" * 50 + "x", "v = max(x, v)"),
    *(
        "s = spike(x)",
        "v = 1e400",
        "v = 'a'",
        "del v",
        "v: int = 1",
        "v = v\0",
        "v = v # x",
        "\tv = x",
    ),
    *("v = tau / tau", "v = x and v", "v = not x", "v = x < v < 1", "v = x // 2", "v = log(x)"),
)
STRINGS = (
    *NAMES,
    *KINDS,
    *EQUATIONS,
    *HIDDEN,
    *QUOTES,
    "${width",
    "${2 ** 9 ** 9}",
    "$width",
    "a@",
)
_TOML = (
    *(
        "[",
        "]",
        "[[",
        "]]",
        "{",
        "}",
        "=",
        ",",
        "#",
        '"',
        "'",
        '"""',
        "'''",
        "\\",
        "\n",
        "\r",
        "\0",
    ),
    *(
        "\ufeff",
        "\t",
        ".",
        " = ",
        "[x]\n",
        "x = 1\n",
        "[network]\n",
        "{}",
        "[]",
        "inf",
        "nan",
        "@-1",
    ),
    *(
        "format = 1\n",
        "[network.layers]\n",
        "# snnc: ignore[dead-layer]\n",
        "$",
        "${",
        "true",
        "1979",
    ),
    *(
        "\xff",
        "[" * 200,
        "{ a = " * 200,
        "a." * 300 + "b = 1\n",
        "x" * 5000,
        '"$a", ',
        '{ kind = "',
    ),
)
EXTREMES = tuple(text.encode() for text in extremes.EXTREMES)
TOKENS = (
    *(text.encode("utf-8", "surrogatepass") for text in (*_TOML, *STRINGS, *KEYS)),
    *(b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xfe\xff"),
)


def _value(text: str) -> list[Any]:
    """A TOML text as a value, if it is one."""
    try:
        return [tomllib.loads(f"v = {text}")["v"]]
    except (tomllib.TOMLDecodeError, RecursionError):
        return []


VALUES: tuple[Any, ...] = (
    *(value for text in extremes.EXTREMES for value in _value(text)),
    *(date(2020, 1, 1), [], {}, [[]], [{}], {"kind": "LIF"}, {"value": 1.0}, {"": 0}),
)
