"""The only way in which text that is not ours gets into text that is generated.

What a spec, its name or a command line says may hold anything. Here it becomes a part of a comment,
a string, a docstring or a command, and stays that part: it is printable, on one line where a line
end would end it, and every quote and backslash means itself.
"""

import re
from shlex import quote

_SHORT = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}


def string(text: str) -> str:
    """A literal in the quotes that ruff chooses: double ones, unless more of them need escapes."""
    mark = "'" if text.count('"') > text.count("'") else '"'
    return mark + _printable(_doubled(text).replace(mark, "\\" + mark)) + mark


def comment(text: str) -> str:
    """The text as it may follow a ``#``: one line."""
    return _printable(text)


def docstring(text: str) -> str:
    """The text as it may stand between triple double quotes; its line ends stay."""
    if not text.replace("\n", "").isprintable():
        text = "".join(c if c.isprintable() or c == "\n" else _named(c) for c in text)
    return re.sub(r'"""|\A"|"\Z', lambda found: found[0].replace('"', '\\"'), _doubled(text))


def word(text: str) -> str:
    """One word of a command, as a shell reads it back; what does not print within ``$'…'``."""
    if text.isprintable():
        return quote(text)
    quoted = _doubled(text).replace("'", "\\'")
    return f"$'{_printable(quoted)}'"


def _doubled(text: str) -> str:
    return text.replace("\\", "\\\\")


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else _escape(c) for c in text)


def _escape(char: str) -> str:
    """The word, quoted in Python as in a shell."""
    code = ord(char)
    if char in _SHORT:
        return _SHORT[char]
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _named(char: str) -> str:
    return " " if char.isspace() else f"<U+{ord(char):04X}>"
