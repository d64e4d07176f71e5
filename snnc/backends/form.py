"""Forms of a kernel: the layers that run beside a neuron, and the order of an image's parts in C.

A part is the channels of one place of the pooled image, or a block of them; without pooling it is
a run of elements that lie behind each other. ``part_of`` and ``run_of``, which are the run time's
own, say where a part is. Its channels are from ``at.channel`` on, side by side.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from snnc.backends.cpu import term
from snnc.kernel.types import Kernel
from snnc.step.symbol import symbol
from snnc.window import Window

_IMAGE = ("i64 height", "i64 width", "i64 channels")


@dataclass(frozen=True)
class Form:
    """A neuron, behind a normalisation if ``normed``, in front of pooling if it has a window."""

    kernel: Kernel
    window: Window | None = None
    normed: bool = False

    @property
    def name(self) -> str:
        """``if_max_2x2``, ``if_normed``: what its functions are called."""
        window = f"_{self.window.text}" if self.window else ""
        return f"{self.kernel.name}{window}{'_normed' * self.normed}"

    @property
    def size(self) -> int:
        """The number of elements of the neuron's output that become one."""
        return self.window.size if self.window else 1

    @property
    def sizes(self) -> tuple[str, ...]:
        """The last parameters of its functions."""
        return ("i64 steps", "i64 n", "i64 stride", *(_IMAGE if self.window else ("i64 channels",)))

    @property
    def largest(self) -> bool:
        """Whether the pooling takes the maximum of a window."""
        return self.window is not None and self.window.how == "max"

    @property
    def share(self) -> str:
        """The divisor of a window's gradient for each of its elements."""
        mean = self.window is not None and self.window.how == "avg"
        return f" / R({self.size}.0)" if mean else ""

    @property
    def parts(self) -> tuple[str, str]:
        """The number of parts, and the place of part ``i``."""
        if not self.window:
            return "count_runs(n, channels)", "run_of(i, n, channels)"
        image = f"n, height, width, channels, {self.window.height}, {self.window.width}"
        return f"count_parts({image})", f"part_of(i, {image})"

    def of(self, name: str) -> str:
        """An element of an array that holds a number for each element of a part."""
        return f"{name}[cell][j]" if self.window else f"{name}[j]"

    def arrays(self, names: Iterable[str]) -> str:
        """The declarations of arrays with those names."""
        size = f"[{self.size}][BLOCK]" if self.window else "[BLOCK]"
        return f"real {', '.join(f'{name}{size}' for name in names)};"

    def load(self, name: str) -> str:
        """An input of the neuron at one element and step, normalised if it is."""
        value = f"LOAD({symbol(name, 'data')}[t * stride + in])"
        return f"NORMED({value}, at.channel + j)" if self.normed else value

    def cells(self, lines: Iterable[str]) -> Iterable[str]:
        """The statements for every element that becomes part of one output element."""
        if not self.window:
            yield "const i64 in = at.first + j;"
            yield from lines
            return
        yield "EACH"
        yield f"for (int cell = 0; cell < {self.size}; ++cell) {{"
        yield f"    const i64 in = {self._in()};"
        yield from (f"    {line}" for line in lines)
        yield "}"

    def once(self, lines: Sequence[str]) -> Iterable[str]:
        """The statements that run once for every element of a part."""
        found = ["for (int j = 0; j < at.m; ++j) {"]
        if any("in" in re.split(r"\W", line) for line in lines):
            found += [f"    const i64 in = {self._in()};"]
        found += [*(f"    {line}" for line in lines), "}"]
        if not self.window:
            yield from found
            return
        yield f"for (int cell = 0; cell < {self.size}; ++cell) {{"
        yield from (f"    {line}" for line in found)
        yield "}"

    def term(self, name: str) -> Iterable[str]:
        """Fills the array of a term, for a part."""
        if not self.window:
            yield f"fill_terms({symbol(name)}, {term(name)}, at.first, at.m);"
            return
        yield f"for (int cell = 0; cell < {self.size}; ++cell) {{"
        yield f"    const i64 in = {self._first()};"
        yield f"    fill_terms({symbol(name)}[cell], {term(name)}, in, at.m);"
        yield "}"

    def _in(self) -> str:
        return f"{self._first()} + j"

    def _first(self) -> str:
        """The index of the elements at one place of their windows."""
        if not self.window:
            return "at.first"
        wide = self.window.width
        return f"at.first + cell / {wide} * at.line + cell % {wide} * channels"


def over(steps: str, lines: Iterable[str]) -> Iterable[str]:
    """The statements for every element of the output of a part, at every time step."""
    yield f"for ({steps}) {{"
    yield "    SIMD"
    yield "    for (int j = 0; j < at.m; ++j) {"
    yield from (f"        {line}" for line in lines)
    yield "    }"
    yield "}"
