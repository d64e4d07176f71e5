"""The variables of a generated function: which holds which value, in which layout.

A value lives in one of four layouts: "static" [B, ...], "timed" [T, B, ...], "folded" [T*B, ...]
or, inside a loop, "step" [B, ...].
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from snnc.emit.python_format import statement

Layout = Literal["static", "timed", "folded", "step"]

_VIEWS: Mapping[tuple[Layout, Layout], tuple[str, ...]] = {
    ("timed", "step"): ("{0}[t]", "t"),
    ("timed", "folded"): ("{0}.flatten(0, 1)",),
    ("folded", "timed"): ("torch.unflatten({0}, 0, (time_steps, -1))", "time_steps"),
    ("static", "timed"): ("{0}.expand(time_steps, *{0}.shape)", "time_steps"),
    ("static", "folded"): ("{0}.expand(time_steps, *{0}.shape).flatten(0, 1)", "time_steps"),
}
"""How a value in the first layout is seen in the second, and what that refers to."""

CHAIN = "x"
"""The variable of a value that only the next statement reads."""


@dataclass
class FunctionScope:
    """Collects the lines of one function while regions are printed into it.

    ``streams``: the function has a ``state`` to begin from and to leave. ``uses`` are the names
    that the lines refer to: what the preamble works out, and functions of the runtime. ``last`` is
    the assignment that the last line is, if it is one.
    """

    names: Mapping[str, str]
    streams: bool = False
    layouts: dict[str, Layout] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    indent: int = 8
    uses: set[str] = field(default_factory=set)
    last: tuple[str, str] = ("", "")

    def line(self, text: str, *uses: str) -> None:
        """One statement, broken if it is too long, which refers to these names."""
        self.lines += statement(text, self.indent)
        self.uses.update(uses)
        self.last = ("", "")

    def comment(self, text: str) -> None:
        """A comment that begins a paragraph; the first thing in a function needs no gap."""
        self.lines += ["", f"{' ' * self.indent}# {text}"] if self.lines else [f"        # {text}"]
        self.last = ("", "")

    def assign(self, value: str, text: str, layout: Layout) -> None:
        """The value's variable gets ``text``; an assignment to itself is left out."""
        name = self.names[value]
        self.layouts[value] = layout
        if text != name:
            self.line(f"{name} = {text}")
            self.last = (name, text)

    def use(self, value: str, layout: Layout) -> str:
        """An expression for the value in ``layout``; a change of layout is a view and free."""
        name, change = self.names[value], (self.layouts[value], layout)
        text, *uses = _VIEWS.get(change, ("{0}",))
        self.uses.update(uses)
        return text.format(name)

    def settle(self, value: str, layout: Layout) -> None:
        """Rebinds the value's variable so that it holds ``layout`` from here on."""
        self.assign(value, self.use(value, layout), layout)


def unique(wanted: str, taken: Collection[str]) -> str:
    """``wanted``, with underscores behind it until nothing else has that name."""
    return wanted if wanted not in taken else unique(f"{wanted}_", taken)
