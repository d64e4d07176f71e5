"""Values, paths of modules and text of a spec, as generated code writes them."""

import textwrap
from math import inf

from snnc.emit.python_format import WIDTH
from snnc.escape import docstring, string
from snnc.layer import Call


def source(value: object) -> str:
    """A literal; a large integer (a key of random numbers) in hexadecimal."""
    if isinstance(value, str):
        return string(value)
    if isinstance(value, int) and value >= 2**32:
        return f"0x{value:016X}"
    if isinstance(value, tuple):
        inner = ", ".join(source(item) for item in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if value == inf:
        return 'float("inf")'
    return repr(value)


def arguments(made: Call) -> list[str]:
    """The text between the brackets of a call."""
    keywords = (f"{key}={source(value)}" for key, value in made.keywords.items())
    return [*map(source, made.args), *keywords]


def access(path: str) -> str:
    """A path as it is reached from the network: ``layer2[0].conv1``."""
    first, *rest = path.split(".")
    return first + "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in rest)


def paragraph(text: str, indent: int) -> str:
    """``text`` wrapped for a docstring at ``indent``; paragraphs stay apart."""
    parts = [" ".join(part.split()) for part in text.split("\n\n")]
    filled = [textwrap.fill(part, WIDTH - indent - 6) for part in parts if part]
    return textwrap.indent(docstring("\n\n".join(filled)), " " * indent).strip()
