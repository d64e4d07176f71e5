"""``${…}``: the same values as Python's, and nothing but Findings for anything else."""

import operator
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from snnc.resolve.arithmetic import LARGEST
from snnc.resolve.collect import attempt, diagnostics
from snnc.resolve.expression import evaluate
from snnc.source.diagnostic import Diagnostic, Findings, Place, Span

NAMES: Mapping[str, object] = {
    "channels": 64,
    "dt": 0.5,
    "zero": 0,
    "pool": True,
    "mode": "fan_out",
    "sizes": (1, 2),
    "huge": 2**80,
}


def place(quoted: str) -> Place:
    """A string at line 2, column 5."""
    text = f"x = 1\ny = {quoted}\n"
    return Place("a.snn.toml", text, Span(10, 10 + len(quoted)))


def value(text: str) -> object:
    return evaluate(text, NAMES, place(f'"${{{text}}}"'))


def wrong(text: str, quoted: str | None = None) -> Diagnostic:
    with pytest.raises(Findings) as caught:
        evaluate(text, NAMES, place(quoted or f'"${{{text}}}"'))
    assert len(caught.value.diagnostics) == 1
    return caught.value.diagnostics[0]


def codes(text: str) -> set[str]:
    outcome = attempt(lambda: value(text))
    return {diagnostic.code for diagnostic in diagnostics(outcome)}


def columns(diagnostic: Diagnostic) -> tuple[int, int]:
    start, end = diagnostic.place.start, diagnostic.place.end
    assert start.line == end.line == 2
    return start.column, end.column


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("channels", 64),
        (" channels * 2 ", 128),
        ("20 / dt", 40.0),
        ("channels // 3 % 4", 1),
        ("-channels ** 2", -4096),
        ("2 ** -1", 0.5),
        ("0 < dt < 1 < channels", True),
        ("channels != 64", False),
        ("not pool or mode == 'fan_out'", True),
        ("zero != 0 and 1 / zero > 1", False),
        ("true and not false", True),
        ("True", True),
        ("'a' < 'b'", True),
        ("1 == 'a'", False),
        ("'é' == mode or dt > 0", True),
        ("sizes == sizes", True),
        ("1e3", 1000.0),
        ("1" + " + 1" * 120, 121),
    ],
)
def test_value(text: str, expected: object) -> None:
    result = value(text)
    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize(
    ("text", "message", "span"),
    [
        ("1 / zero", "`1 / zero` divides by zero", (8, 16)),
        ("channels % (zero)", "`channels % (zero)` divides by zero", (8, 25)),
        ("0 ** -1", "`0 ** -1` divides by zero", (8, 15)),
        ("1 + 10 ** 10 ** 10", "`10 ** 10 ** 10` is too large", (12, 26)),
        ("9 ** 9 ** 9 ** 9", "`9 ** 9 ** 9` is too large", (13, 24)),
        ("2 ** 62 * 2", "`2 ** 62 * 2` is too large", (8, 19)),
        ("10.0 ** 400", "`10.0 ** 400` is too large", (8, 19)),
        ("1e308 * 10", "`1e308 * 10` is not a finite number", (8, 18)),
        ("(-8) ** 0.5", "`(-8) ** 0.5` is a fractional power of a negative number", (8, 19)),
        ("1 + huge", "`huge` is too large", (12, 16)),
        ("9" * 30, f"`{'9' * 30}` is too large", (8, 38)),
        ("'a' * 9", "`*` needs a number, but `'a'` is a string", (8, 11)),
        ("'%99d' % 5", "`%` needs a number, but `'%99d'` is a string", (8, 14)),
        ("1 + pool", "`+` needs a number, but `pool` is true", (12, 16)),
        ("-sizes", "`-` needs a number, but `sizes` is an array", (9, 14)),
        ("pool and channels", "`and` needs true or false, but `channels` is a number", (17, 25)),
        ("not 'é' or 1", "`not` needs true or false, but `'é'` is a string", (12, 15)),
        ("'é' == mode or 1", "`or` needs true or false, but `1` is a number", (23, 24)),
        ("1 < mode", "`<` cannot compare a number with a string", (12, 16)),
        ("1 +", "`1 +` is not an expression", (8, 11)),
        (" ", "an expression is missing between the braces", (5, 11)),
        ("a b", "`a b` is not an expression", (8, 11)),
        ("1; 2", "`1; 2` is not an expression", (8, 12)),
        ("1 +\n2", "an expression is one line of printable characters", None),
        ("1 + f(2)", "`f(2)` is not allowed in an expression", (12, 16)),
        ("channels.real", "`channels.real` is not allowed in an expression", (8, 21)),
        ("sizes[0]", "`sizes[0]` is not allowed in an expression", (8, 16)),
        ("f'{dt}'", "`f'{dt}'` is not allowed in an expression", (8, 15)),
        ("b'a'", "`b'a'` is not allowed in an expression", (8, 12)),
        ("None", "`None` is not allowed in an expression", (8, 12)),
        ("1j", "`1j` is not allowed in an expression", (8, 10)),
        ("1 if pool else 2", "`1 if pool else 2` is not allowed in an expression", (8, 24)),
        ("1 | 2", "`1 | 2` is not allowed in an expression", (8, 13)),
        ("1 in sizes", "`1 in sizes` is not allowed in an expression", (8, 18)),
        ("(x := 1)", "`x := 1` is not allowed in an expression", (9, 15)),
        ("lambda: 1", "`lambda: 1` is not allowed in an expression", (8, 17)),
        ("[x for x in sizes]", "`[x for x in sizes]` is not allowed in an expression", (8, 26)),
        ("1" + " + 1" * 200, "an expression has at most 500 characters", None),
        ("-" * 250 + "1", "the expression is nested too deeply", (8, 259)),
    ],
)
def test_error(text: str, message: str, span: tuple[int, int] | None) -> None:
    found = wrong(text)
    assert (found.code, found.name) == ("SNN104", "bad-expression")
    assert found.message == message
    assert span is None or columns(found) == span


def test_unknown_names_are_reported_together() -> None:
    text = "chanels * (dtt + q)"
    with pytest.raises(Findings) as caught:
        value(text)
    found = [(d.code, d.message, d.help, columns(d)) for d in caught.value.diagnostics]
    assert found == [
        ("SNN103", "`chanels` is not defined", "did you mean `channels`?", (8, 15)),
        ("SNN103", "`dtt` is not defined", "did you mean `dt`?", (19, 22)),
        ("SNN103", "`q` is not defined", "add `q` to [vars]", (25, 26)),
    ]


def test_escapes_hide_the_columns() -> None:
    assert columns(wrong('mode == "a" / 2', r'"${mode == \"a\" / 2}"')) == (5, 27)
    assert columns(wrong("1 / 0", r'"$\u007b1 / 0}"')) == (13, 18)
    assert columns(wrong('""/1', '"""${""/1}"""')) == (10, 12)


# --- against Python's own arithmetic ---------------------------------------------------------


Model = tuple[str, Callable[[], object]]

SIGNS: Mapping[str, Callable[[object, object], object]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
}
ORDERS: Mapping[str, Callable[[Any, Any], object]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


class Refused(Exception):
    """The model's word for a result outside the bounds."""


def bounded(result: object) -> object:
    if isinstance(result, complex) or (isinstance(result, int) and abs(result) > LARGEST):
        raise Refused
    if isinstance(result, float) and result - result != 0:
        raise Refused
    return result


def binary(left: Model, sign: str, right: Model) -> Model:
    return (
        f"({left[0]}) {sign} ({right[0]})",
        lambda: bounded(SIGNS[sign](left[1](), right[1]())),
    )


def negative(inner: Model) -> Model:
    return f"-({inner[0]})", lambda: -inner[1]()  # type: ignore[operator]


def constant(number: float) -> Model:
    return repr(number), lambda: number


def ordered(left: Model, sign: str, right: Model) -> Model:
    return f"({left[0]}) {sign} ({right[0]})", lambda: ORDERS[sign](left[1](), right[1]())


def both(left: Model, right: Model) -> Model:
    return f"({left[0]}) and ({right[0]})", lambda: left[1]() and right[1]()


def either(left: Model, right: Model) -> Model:
    return f"({left[0]}) or ({right[0]})", lambda: left[1]() or right[1]()


def negation(inner: Model) -> Model:
    return f"not ({inner[0]})", lambda: not inner[1]()


small = st.integers(0, 40) | st.sampled_from([0.0, 0.1, 0.5, 2.5, 1e10, 7e200])
known = st.sampled_from(["channels", "dt", "zero"]).map(lambda n: (n, lambda: NAMES[n]))
numbers = st.recursive(
    small.map(constant) | known,
    lambda inner: (
        st.builds(binary, inner, st.sampled_from(sorted(SIGNS)), inner) | inner.map(negative)
    ),
    max_leaves=8,
)
comparisons = st.builds(ordered, numbers, st.sampled_from(sorted(ORDERS)), numbers)
truths = st.recursive(
    comparisons,
    lambda inner: (
        st.builds(both, inner, inner) | st.builds(either, inner, inner) | inner.map(negation)
    ),
    max_leaves=4,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # of a busy machine
@given(numbers | truths)
def test_equals_python(model: Model) -> None:
    text, compute = model
    if len(text) > 400:
        return
    try:
        expected = compute()
    except (Refused, ZeroDivisionError, OverflowError, TypeError):
        with pytest.raises(Findings):
            value(text)
        return
    assert (value(text), type(value(text))) == (expected, type(expected))


@given(st.text() | st.text("0123456789+-*/%.()<>=! 'ae\"\\{}[]:,#andotr"))
def test_any_text(text: str) -> None:
    assert codes(text) <= {"SNN103", "SNN104"}


@pytest.mark.parametrize(
    "text",
    [
        "9**9**9**9",
        "(" * 240 + ")" * 240,
        "((" * 90 + "1" + "))" * 90,
        "-" * 499,
        "not " * 124 + "1",
        "2**2**2**2**2**2**2",
        "7e200**7e200",
        "\0",
        "\ud800",
        "1_0" * 160,
        "0x" + "f" * 400,
        "'\\d'",
    ],
)
def test_hostile_text(text: str) -> None:
    assert codes(text) <= {"SNN104"}
