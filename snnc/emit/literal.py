"""Python values as source text."""


def source(value: object) -> str:
    """A literal; a large integer (a key of random numbers) in hexadecimal."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, int) and value >= 2**32:
        return f"0x{value:016X}"
    if isinstance(value, tuple):
        inner = ", ".join(source(item) for item in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return repr(value)
