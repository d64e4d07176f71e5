"""The configuration of a project: which rules run where, and what their findings amount to."""

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

import snnc as package
from snnc import configuration_schema
from snnc.project_settings import ProjectSettings
from tests.support.cli import SPEC, TRAIN, Ran, snnc

Run = Callable[..., Ran]
BIASED = SPEC.replace(", bias = false },\n", ' },\n  "BatchNorm2d",\n')
NAME = "SNN433 bias-before-norm"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    Path("net.snn.toml").write_text(BIASED)
    return lambda command, *words: snnc(capsys, command, "--output-format", "concise", *words)


def configure(text: str, file: str = "snnc.toml") -> None:
    Path(file).write_text(text)


@pytest.mark.parametrize("table", ["", "[tool.snnc]\n"])
@pytest.mark.parametrize(
    "text",
    [
        'ignore = ["bias-before-norm"]',
        'ignore = ["SNN43"]',
        'select = ["dead-layer"]',
        "select = []",
        'per-file-ignores = { "net.*" = ["bias-before-norm"] }',
    ],
)
def test_rules_that_do_not_run(run: Run, text: str, table: str) -> None:
    configure(table + text, "pyproject.toml" if table else "snnc.toml")
    assert run("lint") == Ran(0, "", "")


@pytest.mark.parametrize(
    "text",
    [
        'select = ["bias-before-norm"]',
        'select = ["dead-layer"]\nextend-select = ["SNN433"]',
        'extend-select = ["all"]',
        'per-file-ignores = { "old/" = ["bias-before-norm"], "net.*" = ["dead-layer"] }',
    ],
)
def test_rules_that_run(run: Run, text: str) -> None:
    configure(text)
    assert NAME in run("lint").out


def test_flags_replace_what_is_configured(run: Run) -> None:
    configure('ignore = ["bias-before-norm"]')
    assert NAME in run("lint", "--ignore", "dead-layer").out
    configure('select = ["dead-layer"]')
    assert NAME in run("lint", "--select", "bias-before-norm").out


def test_any_key_is_a_flag(run: Run) -> None:
    assert run("lint", "--config", "severity.bias-before-norm='error'").code == 1
    assert run("lint", "--config", 'ignore = ["SNN433"]') == Ran(0, "", "")
    assert run("lint", "--config", 'exclude=["net.*"]', ".").code == 2
    assert run("lint", "--exclude", "net.*") == Ran(0, "", "")
    assert "more than 9 bytes" in run("build", "--config", "limits={file-size=9}").out
    said = "--config:1:1: error: SNN201 unknown-key unknown key `slect` at the top\n"
    assert run("lint", "--config", "slect = []") == Ran(1, said, "")
    said = "snnc: there is no rule `deadlayer`: did you mean `dead-layer`?\n"
    assert run("lint", "--config", 'select=["deadlayer"]') == Ran(2, "", said)


def test_severities(run: Run) -> None:
    assert run("lint").code == 0
    for severity in ("warning", "error"):
        configure(f'severity = {{ bias-before-norm = "{severity}" }}')
        ran = run("lint")
        assert (ran.code, f": {severity}: {NAME}" in ran.out) == (1, True)
    text = BIASED.replace("3 },", "3 }, # snnc: ignore[bias-before-norm]", 1)
    Path("net.snn.toml").write_text(text)
    assert run("lint") == Ran(0, "", "")


def test_the_nearest_root_wins(run: Run) -> None:
    configure('ignore = ["bias-before-norm"]')
    Path("sub").mkdir()
    Path("sub/a.snn.toml").write_text(BIASED.replace('"net"', '"a"'))
    assert run("lint").out == ""
    configure("", "sub/snnc.toml")
    assert run("lint").out.startswith("sub/a.snn.toml:10:3: info: SNN433")
    assert run("lint").out.count("\n") == 1


def test_a_base_is_judged_where_it_is(run: Run) -> None:
    Path("base").mkdir()
    Path("net.snn.toml").rename("base/net.snn.toml")
    Path("a.snn.toml").write_text('extends = "base/net.snn.toml"\nname = "a"\n')
    configure('per-file-ignores = { "base/" = ["bias-before-norm"] }')
    assert run("lint") == Ran(0, "", "")
    assert run("lint", "a.snn.toml") == Ran(0, "", "")


def test_the_api_reads_the_configuration(run: Run) -> None:
    assert [found.name for found in package.check("net.snn.toml")] == ["bias-before-norm"]
    configure('ignore = ["bias-before-norm"]')
    assert package.check("net.snn.toml") == ()


MISTAKES = {
    "unknown key": (
        'slect = ["dead-layer"]',
        "1:1: error: SNN201 unknown-key unknown key `slect` at the top",
        "did you mean `select`?",
    ),
    "unknown key of limits": (
        "limits = { finding = 2 }",
        "1:12: error: SNN201 unknown-key unknown key `finding` in [limits]",
        "did you mean `findings`?",
    ),
    "unknown rule": (
        'ignore = ["dead-laier"]',
        "1:11: error: SNN202 unknown-kind there is no rule `dead-laier`",
        "did you mean `dead-layer`?",
    ),
    "unknown rule of a file": (
        'per-file-ignores = { "a" = ["x"] }',
        "1:29: error: SNN202 unknown-kind there is no rule `x`",
        "`snnc rules` lists them",
    ),
    "unknown rule of a severity": (
        'severity = { dead-laier = "info" }',
        "1:14: error: SNN202 unknown-kind there is no rule `dead-laier`",
        "did you mean `dead-layer`?",
    ),
    "an error is no rule": (
        'ignore = ["SNN201"]',
        "1:11: error: SNN202 unknown-kind there is no rule `SNN201`",
        "",
    ),
    "severity": (
        'severity = { dead-layer = "warn" }',
        "1:27: error: SNN204 bad-value `dead-layer` must be ",
        'did you mean "warning"?',
    ),
    "version": ('required-version = "new"', "1:20: error: SNN204 bad-value ", '">=0.1,<0.2"'),
    "other version": (
        'required-version = ">=9"',
        "1:20: error: SNN204 bad-value this project requires snnc >=9, and this is ",
        "",
    ),
    "limit": ("limits = { findings = 0 }", "1:23: error: SNN204 bad-value ", ""),
}


@pytest.mark.parametrize(("text", "said", "help"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes_are_told_at_their_place(run: Run, text: str, said: str, help: str) -> None:
    configure(f"{text}\n")
    ran = run("lint")
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.startswith(f"snnc.toml:{said}"), ran.out
    assert help in run("lint", "--output-format", "full").out


@pytest.mark.parametrize("versions", [">=0.1", package.__version__, f"=={package.__version__}"])
def test_this_version_is_taken(run: Run, versions: str) -> None:
    configure(f'required-version = "{versions}"\n')
    assert run("lint").code == 0
    assert run("build").code == 0


def test_another_version_builds_nothing(run: Run) -> None:
    configure('required-version = "<0.0.1"\n')
    assert run("build").code == 1
    assert not Path("net").exists()


def test_the_size_of_a_file(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SNNC_MAX_BYTES", raising=False)
    configure("limits = { file-size = 100 }\n")
    for command in ("lint", "build", "show"):
        assert "the file has more than 100 bytes" in snnc_out(run, command)
    monkeypatch.setenv("SNNC_MAX_BYTES", "10000")
    assert run("lint").code == 0


def snnc_out(run: Run, command: str) -> str:
    if command == "show":
        with pytest.raises(package.Findings) as found:
            package.load("net.snn.toml")
        return str(found.value)
    return run(command).out


def test_the_memory_of_training(run: Run) -> None:
    Path("net.snn.toml").write_text(SPEC + TRAIN)
    assert "training-memory" not in run("lint").out
    configure("limits = { training-memory = 0.00001 }\n")
    assert "training-memory" in run("lint").out


def test_the_findings_that_are_printed(run: Run) -> None:
    Path("net.snn.toml").write_text(SPEC.replace("kind", "kimd"))
    configure("limits = { findings = 2 }\n")
    ran = run("lint", "--output-format", "full")
    assert ran.out.endswith("net.snn.toml: … and 3 more findings\n")


def test_the_schema_of_the_configuration() -> None:
    schema = json.loads(configuration_schema.text())
    jsonschema.Draft202012Validator.check_schema(schema)
    for name, field in ProjectSettings.model_fields.items():
        assert schema["properties"][field.alias or name]["description"]
    validator = jsonschema.Draft202012Validator(schema)
    good = {"select": ["a"], "limits": {"findings": 3}, "severity": {"dead-layer": "info"}}
    assert validator.is_valid(good)
    wrong: list[object] = [{"slect": []}, {"limits": {"findings": 0}}, {"severity": {"a": "warn"}}]
    assert not any(validator.is_valid(each) for each in wrong)


def test_the_schema_as_a_file(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("schema", "--configuration")
    assert snnc(capsys, *words).out == configuration_schema.text()
    assert snnc(capsys, *words, "--check", "-o", "c.json").code == 1
    assert snnc(capsys, *words, "-o", "c.json").code == 0
    assert Path("c.json").read_text() == configuration_schema.text()
    assert snnc(capsys, *words, "--check", "-o", "c.json").code == 0
    assert snnc(capsys, "schema", "-o", "c.json").code == 2
