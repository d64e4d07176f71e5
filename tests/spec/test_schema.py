"""The editor's schema: valid itself, current, open where a file may say more, closed elsewhere."""

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from snnc import schema
from snnc.codes import errors
from snnc.rules import rules
from tests.rules.test_rules import HEAD, whole
from tests.support import odd_specs
from tests.support.cli import SPEC, TRAIN, snnc
from tests.support.odd_specs import SPECS as ODD
from tests.validation.test_errors import SPEC as WHOLE

SPECS = Path(__file__).parents[2] / "specs"
NETWORK = '[network]\nlayers = ["IF"]\n'
RIGHT = {
    "plain": SPEC,
    "training": SPEC + TRAIN,
    "every section": WHOLE,
    "variables": HEAD
    + '[vars]\nn = 4\nbias = false\nkind = "LIF"\n[network]\nlayers = [\n'
    + '  { kind = "Linear", out_features = "$n", bias = "${bias or n > 2}" },\n'
    + '  { kind = "$kind", tau = "${n / 2}", surrogate = "$bump" },\n]\n',
    "kinds of its own": HEAD
    + '[neurons.Twin]\nstep = "s = spike(x - b)"\noutput = "s"\nparameters = { b = 0.5 }\n'
    + '[surrogates.Bump]\ngradient = "exp(-u * u)"\n[defaults]\nTwin = { b = 0.25 }\n'
    + 'neuron = { surrogate = "Bump", v_threshold = 0.5 }\n'
    + '[network]\nlayers = ["Twin", { kind = "Twin", b = 1.0, surrogate = { kind = "Bump" } }]\n',
    "required keys in defaults": HEAD
    + "[defaults]\nLinear = { out_features = 4 }\nConv2d = { kernel_size = 3 }\n"
    + '[network]\nlayers = [{ kind = "Linear", name = "a" }, "LIF"]\n',
    "no scheduler": SPEC + TRAIN + 'scheduler = { kind = "none" }\n',
    "a part of another": 'extends = "base.snn.toml"\n[train]\noptimizer = { lr = 0.1 }\n',
    "several inputs": 'format = 1\nname = "n"\ntime_steps = 1\n'
    "[inputs.a]\nshape = [1]\n[outputs.b]\n" + NETWORK,
    "numbers": HEAD
    + '[network]\nlayers = [{ kind = "LIF", tau = { value = 2.0, learnable = true } }]\n',
    "blocks": HEAD
    + '[blocks.Up]\ndoc = "."\ninputs = ["x", "skip"]\nrequired = ["n"]\n'
    + 'parameters = { wide = true, neuron = "LIF" }\nlayers = [\n'
    + '  { kind = "Linear", from = "x", out_features = "$n", when = "${not wide}" }, "$neuron",\n'
    + "]\n[network]\nlayers = [\n"
    + '  { kind = "LIF", repeat = 2, first = { tau = 3.0 }, feedback = "add" },\n'
    + '  { kind = "Up", n = 4, from = ["lif1", "input"], repeat = "$n", first = { n = 3 } },\n'
    + '  { kind = "IF", when = false, feedback = { kind = "Linear", bias = false } },\n'
    + '  { kind = "IF", feedback = { kind = "none" } }]\n',
    "a list of tables": HEAD + '[[network.layers]]\nkind = "LIF"\n',
}
WRONG = {
    "a key of no table": HEAD + "layres = []\n" + NETWORK,
    "a field of no kind": HEAD + '[network]\nlayers = [{ kind = "LIF", taw = 2.0 }]\n',
    "a range": HEAD + '[network]\nlayers = [{ kind = "LIF", tau = 0.5 }]\n',
    "a word": HEAD + '[network]\nlayers = [{ kind = "LIF", reset = "medium" }]\n',
    "a key of no block": HEAD + '[blocks.A]\nlayres = ["LIF"]\n' + NETWORK,
    "a repetition": HEAD + '[network]\nlayers = [{ kind = "LIF", repeat = 0 }]\n',
    "a condition": HEAD + '[network]\nlayers = [{ kind = "LIF", when = "yes" }]\n',
    "a type": HEAD + '[network]\nlayers = [{ kind = "LIF", tau = true }]\n',
    "a string that is no variable": HEAD + '[network]\nlayers = [{ kind = "LIF", tau = "2" }]\n',
    "no kind": HEAD + "[network]\nlayers = [{ tau = 2.0 }]\n",
    "a kind where there are no others": SPEC + TRAIN.replace("Adam", "Adams"),
    "a default": HEAD + "[defaults]\nLIF = { taw = 2.0 }\n" + NETWORK,
    "a missing section": 'format = 1\nname = "n"\ntime_steps = 1\n' + NETWORK,
    "a missing key": HEAD + "[network]\n",
    "another format": HEAD.replace("format = 1", "format = 2") + NETWORK,
}


def mistakes(text: str) -> list[str]:
    validator = jsonschema.Draft202012Validator(schema.schema())
    return [error.message for error in validator.iter_errors(tomllib.loads(text))]


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema.schema())


def test_it_is_the_same_at_every_call() -> None:
    assert schema.text() == schema.text()
    assert json.loads(schema.text()) == schema.schema()


@pytest.mark.parametrize("spec", sorted(SPECS.glob("*.snn.toml")), ids=lambda spec: spec.name)
def test_the_zoo_is_right(spec: Path) -> None:
    assert mistakes(spec.read_text("utf-8")) == []


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_right(text: str) -> None:
    assert mistakes(text) == []


def test_odd_but_legal() -> None:
    specs = {name: odd_specs.HEAD.format(name=name, steps=3) + t for name, t in ODD.items()}
    assert {name: found for name, text in specs.items() if (found := mistakes(text))} == {}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_wrong(text: str) -> None:
    assert mistakes(text)


def test_what_a_rule_is_about_is_legal() -> None:
    for rule in rules():
        assert mistakes(whole(rule.example)) == []
        assert mistakes(whole(rule.instead)) == []


@pytest.mark.parametrize("code", ["SNN201", "SNN204", "SNN205", "SNN107"])
def test_an_editor_sees_what_lint_sees(code: str) -> None:
    (error,) = (error for error in errors() if error.code == code)
    assert mistakes(error.example)


def test_no_reference_is_open() -> None:
    definitions = schema.schema()["$defs"]
    assert set(references(schema.schema())) == {f"#/$defs/{name}" for name in definitions}
    assert not any("__" in name for name in definitions)  # two classes of one name


def references(node: Any) -> list[str]:
    if isinstance(node, list):
        return [ref for item in node for ref in references(item)]
    if not isinstance(node, dict):
        return []
    own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
    return own + [ref for value in node.values() for ref in references(value)]


def test_kinds_bring_their_docstring_and_ranges() -> None:
    lif = schema.schema()["$defs"]["LIF"]
    assert lif["description"].startswith("Leaky integrate-and-fire")
    assert {"type": "number", "exclusiveMinimum": 1.0} in lif["properties"]["tau"]["anyOf"]


def test_the_command_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert snnc(capsys, "schema").out == schema.text()


def test_the_command_writes_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / schema.FILE
    ran = snnc(capsys, "schema", "-o", str(path))
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert path.read_text("utf-8") == schema.text()
