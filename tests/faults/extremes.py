"""Values that a field may be given, as TOML: too large, too small, no number, another type."""

_HUGE = "1" + "0" * 400
INTEGERS = (
    *("0", "-1", "1", "2", "-2", "3", "4", "7", "100", "65536", "1000001"),
    *("2147483647", "2147483648", "-2147483648", "4294967296"),
    *("9223372036854775807", "-9223372036854775808", "9223372036854775808", _HUGE, f"-{_HUGE}"),
)
FLOATS = (
    *("0.0", "-0.0", "1.0", "-1.0", "0.5", "2.5", "1.0000001", "0.9999999999999999", "88.8"),
    *("1e9", "1e20", "3.4e38", "3.5e38", "1e308", "-3.5e38", "1.2e-38", "1e-45", "5e-324"),
    *("inf", "-inf", "nan"),
)
STRINGS = (
    *('""', '" "', '"a\\u0000b"', '"a\\nb"', '"\\u2028"', '"none"', '"nan"', '"1e400"', '"-1"'),
    *('"$nowhere"', '"${2 ** 62 * 2}"', '"${1 / 0}"', '"${1e200 * 1e200}"', '"../../etc"'),
    *('"/dev/zero"', f'"{"x" * 300}"', f'"{"9" * 400}%"', '"0.0%"', '"input@-999999999999"'),
    *('"input@-999999999"', '"input@-1"', '"__class__"', '"import os"', "'\"'", '"\\\\"'),
)
OTHERS = (
    *("true", "false", "2020-01-01", "12:30:00", "1979-05-27T07:32:00Z"),
    *("[]", "[[]]", "[0]", "[1]", "[-1, -1]", "[1, 1]", "[2, 2, 2]", "[nan, nan]", "[-inf, inf]"),
    *("[inf, inf]", "[1.0, inf]", "[0.0, 1e39]", "[-3e38, 3e38]", "[2147483647, 2147483647]"),
    *("[0, 1, 2]", f"[{_HUGE}]", '["input", "input"]', "[1, 1, 1, 1, 1, 1, 1, 1]"),
    f"{'[' * 60}1{']' * 60}",
    *("{}", '{ kind = "LIF" }', '{ kind = "none" }', '{ kind = "" }', "{ x = 1 }", "{ v = 1e39 }"),
    *("{ v = nan }", "{ v = 3e38 }", '{ "" = 1 }', '{ "a b" = 1 }', '{ "\\u0000" = 1 }'),
)
_VALUES = ("0.0", "1.0", "2.0", "-1.0", "3e38", "1e-30", "1.0000001", "inf", "nan", "1e39", "100")
_RANGES = (
    "[1.0, inf]",
    "[0.0, 3e38]",
    "[-3e38, 3e38]",
    "[-inf, inf]",
    "[0.0, 1e-30]",
    "[nan, 9.0]",
)
NUMBERS = (
    *(f"{{ value = {v} }}" for v in _VALUES),
    *(f'{{ value = {v}, per = "neuron", learnable = true }}' for v in _VALUES),
    *(f"{{ value = 2.0, learnable = true, range = {r} }}" for r in _RANGES),
    *(f'{{ uniform = {r}, per = "channel" }}' for r in (*_RANGES, "[1.5, 1.5]", "[2.0, 1.0]")),
)
"""Numbers of neurons as tables."""
EQUATIONS = tuple(
    f'"{text}"'
    for text in (
        *("", "v", "v = ", "v = v + x * 1e39", "v = v + x * 1e-42", "v = v + x / 1e-39"),
        *("v = v + x / 0", "v = v + x * exp(1000)", "v = v + log(0 - 1) * x", "v = x ** 9"),
        *("v = x ** 0", "v = x ** x", f"v = {'(' * 9000}x{')' * 9000}", f"v = {'-' * 9000}x"),
        *(f"v = x{'**2' * 300}", f"v = {'x if f else ' * 300}x", f"v = x * {'9' * 400}"),
        *(f"v = x{' + x' * 2000}", f"v = {'sin(' * 90}x{')' * 90}", "v = v + x\\u0000"),
        *("v = v + x\\n" * 900, "v = __import__('os')", "v = x.real", "v = [x]", "v = lambda: x"),
        *("v = spike(1.0) + x", "v = spike(x) + v", "s = spike(-1.0)\\nv = v + x + s", "v = 1"),
        *("v = x < 1", "v = where(x, 1, 2)", "v = clip(x, 2, 1)", "v = True + x", "v = 1j * x"),
        *("v: int = x", "import os", "v = v = x", "v += x", "'''", "v = x if x else v", "# v"),
        "a = p\\n" + "a = a + a\\n" * 60 + "v = v + a * x",
        f"v = {'max(x, ' * 40}x{')' * 40}",
    )
)
"""Steps and gradients, as strings."""
EXTREMES = (*INTEGERS, *FLOATS, *STRINGS, *OTHERS, *NUMBERS)
