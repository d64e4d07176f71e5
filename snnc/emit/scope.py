"""The variables of a generated function: which holds which value, in which layout.

A value lives in one of four layouts: "static" [B, ...], "timed" [T, B, ...], "folded" [T*B, ...]
or, inside a loop, "step" [B, ...].
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from snnc.emit.layout import statement

Layout = Literal["static", "timed", "folded", "step"]

CHAIN = "x"
"""The variable of a value that only the next statement reads."""


@dataclass
class Scope:
    """Collects the lines of one function while regions are printed into it.

    ``streams``: the function has a ``state`` to begin from and to leave.
    """

    names: Mapping[str, str]
    streams: bool = False
    layouts: dict[str, Layout] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    indent: int = 8

    def line(self, text: str) -> None:
        """One statement, broken if it is too long."""
        self.lines += statement(text, self.indent)

    def comment(self, text: str) -> None:
        """A comment that begins a paragraph; the first thing in a function needs no gap."""
        self.lines += ["", f"{' ' * self.indent}# {text}"] if self.lines else [f"        # {text}"]

    def assign(self, value: str, text: str, layout: Layout) -> None:
        """The value's variable gets ``text``; an assignment to itself is left out."""
        name = self.names[value]
        self.layouts[value] = layout
        if text != name:
            self.line(f"{name} = {text}")

    def use(self, value: str, layout: Layout) -> str:
        """An expression for the value in ``layout``; a change of layout is a view and free."""
        name, have = self.names[value], self.layouts[value]
        match have, layout:
            case ("timed", "step"):
                return f"{name}[t]"
            case ("timed", "folded"):
                return f"{name}.flatten(0, 1)"
            case ("folded", "timed"):
                return f"torch.unflatten({name}, 0, (time_steps, -1))"
            case ("static", "timed"):
                return f"{name}.expand(time_steps, *{name}.shape)"
            case ("static", "folded"):
                return f"{name}.expand(time_steps, *{name}.shape).flatten(0, 1)"
        return name

    def settle(self, value: str, layout: Layout) -> None:
        """Rebinds the value's variable so that it holds ``layout`` from here on."""
        self.assign(value, self.use(value, layout), layout)


def mentions(text: str, variable: str) -> bool:
    """Whether statements use a variable: no attribute of that name, nor a path in a string."""
    return bool(re.search(rf'(?<![\w."]){variable}\b', text))


def unique(wanted: str, taken: Collection[str]) -> str:
    """``wanted``, with underscores behind it until nothing else has that name."""
    return wanted if wanted not in taken else unique(f"{wanted}_", taken)
