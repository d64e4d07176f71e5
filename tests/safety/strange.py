"""Characters that end a line, a string or a comment somewhere, or turn what follows them round."""

import unicodedata

C0 = [chr(code) for code in (*range(0x20), 0x7F)]
C1 = [chr(code) for code in range(0x80, 0xA0)]
SEPARATORS = ["\u2028", "\u2029", "\u00a0", "\u3000", "\ufeff", "\u200b", "\u00ad"]
TURNING = [*"\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"]
QUOTES = ['"', "'", "\\", '"""', "'''", '\\"', "\\\\", "`", "#", "{{ 7 * 7 }}", "{% raw %}"]
GROUPS = {"C0": C0, "C1": C1, "separators": SEPARATORS, "turning": TURNING, "quotes": QUOTES}
HIDDEN = [char for group in (C0, C1, SEPARATORS, TURNING) for char in group]


def called(text: str) -> str:
    """A name of the character, for the test's."""
    return "-".join(unicodedata.name(c, f"U+{ord(c):04X}").replace(" ", "_") for c in text)


def payload(group: list[str]) -> str:
    """Text that calls ``boom`` wherever one of the characters ends what it is in."""
    return "".join(f"a{char}boom(){char}# {char}" for char in group)


def toml(text: str) -> str:
    """A basic string, every strange character of which is escaped."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    plain = char.isascii() and char.isprintable() and char not in '"\\'
    return char if plain else f"\\U{ord(char):08X}"
