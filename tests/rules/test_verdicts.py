"""Findings of the default rules in networks that tests are made of, each read and judged.

``verdicts.toml`` lists them. A finding that is new or gone changes the list: whoever changes a rule
reads what it now says of these networks, and writes down whether it is right.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from snnc.linting import findings
from tests.support import odd_specs
from tests.support.cli import SPEC
from tests.support.graphs import GRAPHS
from tests.support.nets import HEAD

TESTS = Path(__file__).parents[1]
FOLDERS = ("faults/specs", "fuzz/regressions", "fuzz/strange/regressions", "matrix/forms")
VERDICTS = tomllib.loads(Path(__file__).with_name("verdicts.toml").read_text("utf-8"))


def networks() -> Iterator[tuple[str, str]]:
    """Texts of specs by a name; without what is there because it is wrong."""
    yield "cli", SPEC
    yield from ((f"graphs: {name}", HEAD.format(steps=4) + text) for name, text in GRAPHS.items())
    for name, text in odd_specs.SPECS.items():
        yield f"odd: {name}", odd_specs.HEAD.format(name="net", steps=4) + text
    for folder in FOLDERS:
        for path in sorted((TESTS / folder).glob("*.snn.toml")):
            yield f"{folder}/{path.name.partition('.')[0]}", path.read_text("utf-8")


def subject(message: str) -> str:
    """The layer that a finding is about."""
    return message.split("`")[1] if "`" in message else ""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, list[str]]]:
    """The layers by rule and network."""
    path = tmp_path_factory.mktemp("verdicts") / "net.snn.toml"
    told: dict[str, dict[str, list[str]]] = {}
    for name, text in networks():
        path.write_text(text, "utf-8")
        for finding in findings([path]):
            if finding.code.startswith("SNN4"):
                layers = told.setdefault(finding.name, {}).setdefault(name, [])
                layers.append(subject(finding.message))
    return told


def test_each_finding_is_judged(found: dict[str, dict[str, list[str]]]) -> None:
    judged = {rule: table["layers"] for rule, table in VERDICTS.items()}
    assert found == judged


def test_each_verdict_is_that_it_is_right() -> None:
    assert {rule for rule, table in VERDICTS.items() if table["verdict"][:5] != "True:"} == set()
