"""``--vary``: what it says, what it refuses, and the values of each trial."""

import pytest

from snnc.sweep.vary import BadVary, Choices, Range, grid, parsed, planned


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a.b=1.5,2,4", Choices("a.b", ("1.5", "2", "4"))),
        ("n=ATan", Choices("n", ("ATan",))),
        ("b=[0.9, 0.99],[0.8, 0.9]", Choices("b", ("[0.9, 0.99]", "[0.8, 0.9]"))),
        ('d="a,b","c"', Choices("d", ('"a,b"', '"c"'))),
        ("lr=1e-4:1e-2:log", Range("lr", 1e-4, 1e-2, log=True)),
        ("tau=1.5:4", Range("tau", 1.5, 4.0)),
        ("size=16:128:log", Range("size", 16, 128, log=True, whole=True)),
    ],
)
def test_forms(text: str, wanted: Choices | Range) -> None:
    assert parsed([text]) == (wanted,)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["lr"], "expected KEY=V1,V2"),
        (["=1"], "expected KEY=V1,V2"),
        (["lr="], "expected KEY=V1,V2"),
        (["lr=1:1"], "1 is not less than 1"),
        (["lr=0:1:log"], "begins above 0, not at 0"),
        (["lr=1:2:linear"], "not `linear`"),
        (["lr=1,1"], "there twice"),
        (["lr=1", "lr=2"], "--vary lr is given 2 times"),
    ],
)
def test_refusals(texts: list[str], said: str) -> None:
    with pytest.raises(BadVary, match=said.replace("(", r"\(")):
        parsed(texts)


def test_a_grid_has_every_combination_once() -> None:
    varied = parsed(["a=1,2", "b=x,y,z"])
    assert grid(varied) == 6
    found = [tuple(planned(varied, n, 0, whole=True).items()) for n in range(6)]
    assert len({*found}) == 6
    assert grid(parsed(["a=1,2", "b=0:1"])) is None


def test_the_values_of_a_trial_depend_on_its_number_and_the_seed_alone() -> None:
    varied = parsed(["lr=1e-4:1e-2:log", "n=4:64", "kind=A,B"])
    once = [planned(varied, n, 3, whole=False) for n in range(20)]
    assert [planned(varied, n, 3, whole=False) for n in reversed(range(20))] == once[::-1]
    assert once != [planned(varied, n, 4, whole=False) for n in range(20)]
    assert all(1e-4 <= float(values["lr"]) <= 1e-2 for values in once)
    assert {type(values["n"]) for values in once} == {int}
    assert {values["kind"] for values in once} == {"A", "B"}
