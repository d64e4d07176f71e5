"""Layers that are joined to a kernel: a normalisation before it, windows behind it.

They are macros, which the run time defines for each form of a kernel. Sums by channel are made in
chunks of neighbouring runs, so that the number of threads changes no bit.
"""

from collections.abc import Iterable

from snnc.kernel.types import Kernel

_CHUNKS = """\
    const i64 runs = {count};
    PARALLEL_FOR
    for (i64 chunk = 0; chunk < chunks; ++chunk) {{
        for (i64 i = chunk * runs / chunks; i < (chunk + 1) * runs / chunks; ++i) {{
            const {kind} at = {place};
{lines}        }}
    }}
{end}"""
_FLAT = "n, span, height, width"
_OWN = """\
            const i64 first = at.first;
            const int m = at.m;
"""


def chunked(lines: str, back: bool) -> str:
    """The loop over the runs of a kernel, and the sum of its chunks' sums."""
    return framed(f"{_OWN}{lines}", "run", f"count_runs({_FLAT})", f"run_of(i, {_FLAT})", back)


def framed(lines: str, kind: str, count: str, place: str, back: bool) -> str:
    """The loop over so many places of a kind."""
    end = "    NORM_END\n" if back else ""
    return _CHUNKS.format(count=count, kind=kind, place=place, lines=lines, end=end)


def hooked(k: Kernel, *lines: str) -> Iterable[str]:
    """Lines that only a kernel has that layers are joined to."""
    return lines if k.joined else ()


def kept_size(k: Kernel) -> int:
    """The values that an element and time step keep for the backward pass: perhaps its output."""
    return len(k.kept) + k.joined


def around(k: Kernel) -> Iterable[str]:
    """The parameters of a block of steps in CUDA."""
    return hooked(k, "normal &norm", "const place &at")


def take(k: Kernel, where: str, kind: str) -> str:
    """The numbers of a thread's elements."""
    return f"take<{kind}>({where}, at)" if k.joined else f"*(const {kind} *)({where})"


def put(k: Kernel, where: str, kind: str, value: str) -> str:
    """The statement that stores numbers of a thread's elements."""
    return f"put({where}, {value}, at);" if k.joined else f"*({kind} *)({where}) = {value};"


def given_out(k: Kernel) -> str:
    """The statement that stores the output of a time step in CUDA."""
    return "give(output + t * at.n_out, to);" if k.joined else "*(pack *)(output + t * n) = to;"


def element(k: Kernel, name: str) -> str:
    """The place of a thread's elements in what has a number for each."""
    return f"{name} + at.in" if k.joined else f"{name} + i"
