"""Choice: kinds by name or by table, and refusals that say where and what instead."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from snnc.choice import Choice
from snnc.kinds import Kind

FRUIT = """
from typing import Annotated, Literal
from pydantic import Field
from snnc.choice import Choice
from snnc.kinds import Kind

class Apple(Kind):
    kind: Literal["Apple"] = "Apple"
    grams: float = Field(gt=0)
    graft: Annotated[Kind | None, Choice("fruit")] = None

class Pear(Kind):
    kind: Literal["Pear"] = "Pear"
"""


class Basket(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    one: Annotated[Kind, Choice("fruit")]
    maybe: Annotated[Kind | None, Choice("fruit")] = None
    many: tuple[Annotated[Kind, Choice("fruit")], ...] = ()


@pytest.fixture(autouse=True)
def fruit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    folder = tmp_path / "fruit"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "fruit.py").write_text(FRUIT)
    monkeypatch.syspath_prepend(tmp_path)
    from snnc.kinds import catalog

    catalog.cache_clear()
    yield
    catalog.cache_clear()
    for name in ("fruit", "fruit.fruit"):
        sys.modules.pop(name, None)


def refusals(**data: Any) -> list[tuple[str, tuple[str | int, ...], Any]]:
    with pytest.raises(ValidationError) as caught:
        Basket.model_validate(data)
    return [(e["type"], e["loc"], e.get("ctx")) for e in caught.value.errors()]


def test_a_name_is_short_for_a_table() -> None:
    assert Basket.model_validate({"one": "Pear"}) == Basket.model_validate(
        {"one": {"kind": "Pear"}}
    )


def test_fields_of_the_chosen_kind_are_checked_where_they_stand() -> None:
    errors = refusals(one={"kind": "Apple", "grams": -1.0, "pips": 4}, many=("Pear", "Apple"))
    assert [(kind, loc) for kind, loc, _ in errors] == [
        ("greater_than", ("one", "grams")),
        ("extra_forbidden", ("one", "pips")),
        ("missing", ("many", 1, "grams")),
    ]


def test_unknown_kinds_are_refused_at_the_name() -> None:
    about = {"kind": "Fig", "expected": ["Apple", "Pear"]}
    assert refusals(one="Fig") == [("unknown_kind", ("one",), about)]
    assert refusals(one={"kind": "Fig"}) == [("unknown_kind", ("one", "kind"), about)]


def test_what_names_no_kind_is_refused() -> None:
    about = {"expected": ["Apple", "Pear"]}
    assert refusals(one={"grams": 1.0}) == [("missing_kind", ("one",), about)]
    assert refusals(one=3)[0][:2] == ("kind_type", ("one",))
    assert refusals(one={"kind": ("a", {})})[0][:2] == ("unknown_kind", ("one", "kind"))


def test_none_is_a_choice_only_where_the_field_is_optional() -> None:
    for none in ("none", {"kind": "none"}, None):
        assert Basket.model_validate({"one": "Pear", "maybe": none}).maybe is None
    assert refusals(one="none")[0][0] == "unknown_kind"
    assert refusals(one="Pear", maybe="Fig")[0][2]["expected"] == ["Apple", "Pear", "none"]


def test_a_model_built_in_python_passes() -> None:
    pear = Basket.model_validate({"one": "Pear"}).one
    assert Basket(one=pear, many=(pear,)).many == (pear,)


def test_the_json_schema_lists_names_and_tables_even_of_kinds_within_kinds() -> None:
    schema = Basket.model_json_schema()
    tables = [{"$ref": f"#/$defs/{k}", "required": ["kind"]} for k in ("Apple", "Pear")]
    names = ["Apple", "Pear"]
    assert schema["properties"]["one"]["anyOf"] == [{"enum": names, "type": "string"}, *tables]
    assert schema["properties"]["maybe"]["anyOf"][0]["enum"] == [*names, "none"]
    assert schema["$defs"]["Apple"]["properties"]["graft"]["anyOf"][1:] == tables
