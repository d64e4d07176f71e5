"""A program that calls every kernel of a text on memory of exactly the right size."""

import re
from collections.abc import Sequence

from tests.gpu.shim import kernels

SIZES = ((1, 1), (77, 3), (1003, 17), (256, 33))
_CALL = """\
    {{
{lines}        void *a[] = {{{addresses}}};
        run_{name}(0, {grid}, 256, 0, a);
    }}
"""


def program(text: str) -> str:
    """``main``: every kernel, several sizes, timed and static, with and without optional states."""
    found = re.search(r"\(steps \+ \d+\) / (\d+)", text)
    assert found
    calls = (
        call(name, parameters, n, steps, static, int(found[1]))
        for name, parameters in kernels(text)
        for n, steps in SIZES
        for static in (False, True)
    )
    return f"#include <vector>\nint main()\n{{\n{''.join(calls)}}}\n"


def call(
    name: str, parameters: Sequence[str], n: int, steps: int, static: bool, segment: int
) -> str:
    """One call, in a block of its own; a static one without optional states."""
    numbers = {"steps": steps, "n": n, "stride": 0 if static else n}
    lines, addresses = [], []
    for at, parameter in enumerate(parameters):
        kind, own = parameter.replace("restrict ", "").rsplit(" ", 1)
        if own.startswith("*"):
            count = 0 if static and optional(own) else extent(own[1:], n, steps, static, segment)
            lines.append(vector(kind.removeprefix("const "), at, count))
        else:
            lines.append(f"long long p{at} = {numbers.get(own, 1)};")
        addresses.append(f"&p{at}")
    body = "".join(f"        {line}\n" for line in lines)
    return _CALL.format(lines=body, addresses=", ".join(addresses), name=name, grid=-(-n // 256))


def vector(kind: str, at: int, count: int) -> str:
    """Memory with red zones around it; nothing at all if it is not given."""
    if not count:
        return f"{kind} *p{at} = nullptr;"
    return f"std::vector<{kind}> v{at}({count}, ({kind})1); {kind} *p{at} = v{at}.data();"


def optional(own: str) -> bool:
    """First and last states and their gradients may be left out."""
    return own.endswith(("_start", "_end"))


def extent(name: str, n: int, steps: int, static: bool, segment: int) -> int:
    """Elements of a parameter of a kernel with one state."""
    if name.endswith(("_start", "_end")):
        return n
    if name in ("output", "g_output"):
        return steps * n
    if name in ("x_data", "g_x_data"):
        return n if static else steps * n
    if name == "kept":
        return (-(-steps // segment) - 1) * n
    return n if name.startswith("g_") else 1
