"""Workflows run what there is: versions that the project names, targets and modules that exist."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from tests.support.cli import SPEC, snnc

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
CI = (ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def test_every_version_of_python_that_is_named_is_tried() -> None:
    prefix = "Programming Language :: Python :: "
    words = [c.removeprefix(prefix) for c in PROJECT["classifiers"] if c.startswith(prefix)]
    named = [word for word in words if re.fullmatch(r"3\.\d+", word)]
    tried = [json.loads(found) for found in re.findall(r"^ +python: (\[.*\])$", CI, re.MULTILINE)]
    assert len(tried) == 2
    assert all(versions == named for versions in tried)
    assert PROJECT["requires-python"] == f">={named[0]}"
    for versions in re.findall(r'python-version: "([\d.]+)"', CI):
        assert versions in named


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_target_and_module_is_there(path: Path) -> None:
    text = path.read_text("utf-8")
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"\bmake (\w+)", text):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for module in re.findall(r"python -m (tools\.\w+)", text):
        assert (ROOT / f"{module.replace('.', '/')}.py").exists()
    for script in re.findall(r"python (tools/\S+\.py)", text):
        assert (ROOT / script).exists()


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_workflow_holds_a_secret_or_more_rights_than_it_needs(path: Path) -> None:
    text = path.read_text("utf-8")
    assert "secrets." not in text
    assert text.count("permissions:\n  contents: read\n") == 1
    assert text.count("write") == (1 if path.name == "release.yml" else 0)  # the identity


def test_the_action_runs_commands_that_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (ROOT / "action.yml").read_text("utf-8")
    commands = re.findall(r"^    - run: snnc (.*)$", text, re.MULTILINE)
    assert len(commands) == 2
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.snn.toml").write_text(SPEC)
    assert snnc(capsys, "build").code == 0
    for command in commands:
        assert snnc(capsys, *command.split()).code == 0
    (tmp_path / "net/model.py").unlink()
    ran = snnc(capsys, *commands[1].split())
    assert ran.code == 1
    assert ran.out.startswith("::error title=SNN502 missing-file,file=net.snn.toml,")
    assert "${{ inputs" not in "".join(re.findall(r"run: .*", text))  # no text of others is run
