"""A program that calls every kernel of a text on memory of exactly the right size."""

from collections.abc import Sequence

from tests.gpu.cases import Case
from tests.gpu.shim import kernels

SIZES = (1, 77, 256, 1003)  # elements, times the neighbours of a thread
_CALL = """\
#ifdef MAKE_{name}
    {{
{lines}        void *a[] = {{{addresses}}};
        run_{name}(0, {grid}, 256, 0, a);
    }}
#endif
"""


def program(text: str, case: Case, pack: int) -> str:
    """``main``: every kernel that is made, several sizes, with and without optional states."""
    calls = (
        call(case, name, parameters, count * pack, pack, given)
        for name, parameters in kernels(text)
        for count in SIZES
        for given in (False, True)
    )
    return f"#include <vector>\nint main()\n{{\n{''.join(calls)}}}\n"


def call(case: Case, name: str, parameters: Sequence[str], n: int, pack: int, given: bool) -> str:
    """One call, in a block of its own; optional states may be ``given``."""
    numbers = {"steps": case.steps, "n": n, "stride": 0 if case.static else n}
    lines, addresses = [], []
    for at, parameter in enumerate(parameters):
        kind, own = parameter.replace("restrict ", "").rsplit(" ", 1)
        if own.startswith("*"):
            count = extent(case, own[1:], n) if given or not optional(own) else 0
            lines.append(vector(kind.removeprefix("const "), at, count))
        else:
            lines.append(f"long long p{at} = {numbers.get(own, 1)};")
        addresses.append(f"&p{at}")
    body = "".join(f"        {line}\n" for line in lines)
    grid = -(-n // (256 * pack))
    return _CALL.format(lines=body, addresses=", ".join(addresses), name=name, grid=grid)


def vector(kind: str, at: int, count: int) -> str:
    """Memory with red zones around it; nothing at all if it is not given."""
    if not count:
        return f"{kind} *p{at} = nullptr;"
    return f"std::vector<{kind}> v{at}({count}, ({kind})1); {kind} *p{at} = v{at}.data();"


def optional(own: str) -> bool:
    """First and last states and their gradients may be left out."""
    return own.endswith(("_start", "_end"))


def extent(case: Case, name: str, n: int) -> int:
    """Elements of a parameter of a kernel with one state."""
    steps = case.steps
    if name.endswith(("_start", "_end")):
        return n
    if name in ("output", "g_output"):
        return steps * n
    if name in ("x_data", "g_x_data"):
        return n if case.static else steps * n
    if name == "kept":
        return (-(-steps // case.kernel.segment) - 1) * n
    return n if name.startswith("g_") else 1
