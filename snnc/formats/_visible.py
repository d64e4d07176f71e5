"""Text from a stranger's file, safe to print: it must not steer the terminal that shows it."""

import unicodedata

_HIDDEN = frozenset(("Cc", "Cs", "Zl", "Zp"))
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def visible(text: str) -> str:
    """``text`` with control characters, line ends and changes of direction made visible."""
    return "".join(_character(character) for character in text)


def _character(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)  # the pictures of the control characters
    if character in _TURNING or unicodedata.category(character) in _HIDDEN:
        return "\ufffd"
    return character
