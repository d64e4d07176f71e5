"""Networks with one real mistake each: the rule that tells it fires."""

from pathlib import Path

import pytest

import snnc
from snnc.rules import findings, lint, rules

CASES = sorted(Path(__file__).with_name("cases").glob("*.snn.toml"))
OTHERWISE = {
    "activation_after": "activation-beside-neuron",
    "activation_before": "activation-beside-neuron",
    "scheduler_cosine": "scheduler-length",
    "scheduler_warmup": "scheduler-length",
    "short_poisson": "short-encoding",
    "steep_surrogate": "exploding-surrogate",
    "unstable_decay": "unstable-state",
}
"""The rules of specs that are not called like their rule."""
ALSO = {
    "fat_flatten": {"bias-before-norm"},
    "short_poisson": {"hoisting-lost"},
    "signed_rates": {"hoisting-lost"},
    "static_output": {"dead-layer", "weights-after-weights"},
    "tdbn_threshold": {"bias-before-norm"},
    "training_memory": {"bias-before-norm"},
}
"""What else is true of them."""
STYLE = {"unnamed-weights"}
"""Rules of what is no mistake: cases are written as briefly as people write them."""


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name.partition(".")[0])
def test_the_rule_of_its_name_fires(path: Path) -> None:
    document = snnc.load(path)
    found = {finding.name for finding in lint(document, snnc.link(document), rules())} - STYLE
    name = path.name.partition(".")[0]
    assert found == {OTHERWISE.get(name, name.replace("_", "-"))} | ALSO.get(name, set())


def test_the_zoo_is_clean_and_answers_little() -> None:
    """Six comments answer what is true and meant."""
    specs = sorted(Path(__file__).parents[2].joinpath("specs").glob("*.snn.toml"))
    assert {path.name: snnc.check(path) for path in specs if snnc.check(path)} == {}
    named = [rule for rule in rules() if rule.name in STYLE]
    for document in map(snnc.load, specs):
        assert findings(document, snnc.link(document), named) == []
    answers = [path.read_text("utf-8").count("snnc: ignore[") for path in specs]
    assert sum(answers) <= 6
