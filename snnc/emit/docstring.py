"""Text from a spec inside a docstring: whatever it holds, it stays text."""

import textwrap

from snnc.emit.python_format import WIDTH
from snnc.escape import docstring


def paragraph(text: str, indent: int) -> str:
    """``text`` wrapped for a docstring at ``indent``; paragraphs stay apart."""
    parts = [" ".join(part.split()) for part in text.split("\n\n")]
    filled = [textwrap.fill(part, WIDTH - indent - 6) for part in parts if part]
    return textwrap.indent(docstring("\n\n".join(filled)), " " * indent).strip()
