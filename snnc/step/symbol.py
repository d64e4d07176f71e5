"""Names of a step as C and CUDA read them: by one rule, so that none can mean a word of theirs.

A symbol is a name, an underscore, and what it is of that name: ``v_`` a value, ``v_at`` where to
leave it, ``x_data`` an operand in memory. No keyword, function or macro ends like that, and nothing
that printers and the run time call their own.
"""

from typing import Literal

Part = Literal["", "at", "data", "end", "kept", "now", "size", "start", "stride", "sum", "to"]
"""What a symbol is of its name; "" is its value."""


def symbol(name: str, part: Part = "") -> str:
    """``v_threshold_`` for ``v_threshold``, ``v_start`` for the start of ``v``."""
    return f"{name}_{part}"
