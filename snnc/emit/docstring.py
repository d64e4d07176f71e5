"""Text from a spec inside a docstring: whatever it holds, it stays text."""

import re
import textwrap

from snnc.emit.layout import WIDTH


def escaped(text: str) -> str:
    """``text`` with everything escaped that could end a docstring or hide in it."""
    printable = "".join(c if c.isprintable() or c == "\n" else _code(c) for c in text)
    doubled = printable.replace("\\", "\\\\")
    return re.sub(r'"""|\A"|"\Z', lambda quotes: quotes[0].replace('"', '\\"'), doubled)


def _code(char: str) -> str:
    return " " if char.isspace() else f"<U+{ord(char):04X}>"


def paragraph(text: str, indent: int) -> str:
    """``text`` wrapped for a docstring at ``indent``; paragraphs stay apart."""
    parts = [" ".join(part.split()) for part in text.split("\n\n")]
    filled = [textwrap.fill(part, WIDTH - indent - 6) for part in parts if part]
    return textwrap.indent(escaped("\n\n".join(filled)), " " * indent).strip()
