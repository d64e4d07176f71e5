"""The hooks that we ship, in a repository of git with real commits: nothing stale gets in."""

import os
import re
import shutil
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.cli import SPEC, snnc
from tests.support.git import commit, git, repository

ROOT = Path(__file__).parents[2]
HOOKS = (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")
BASE = """\
format = 1
name = "base"
time_steps = 4

[input]
shape = [1, 8, 8]

[network]
layers = ["Flatten", { kind = "Linear", out_features = 10 }, "LIF"]
"""
EXTENDING = 'extends = "base.snn.toml"\nname = "{name}"\n'


def program(path: Path, *command: str) -> None:
    """A program that runs ``command`` of this Python, wherever it is called."""
    where = f"PYTHONPATH={ROOT} {sys.executable}"
    path.write_text(f'#!/bin/sh\n{where} {" ".join(command)} "$@"\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Path:
    """A repository whose hooks are ours, run by pre-commit: specs, a base, a venv."""
    bin = tmp_path / "bin"
    bin.mkdir()
    program(bin / "snnc", "-c", "'from snnc.cli import main; main()'")
    program(bin / "pre-commit", "-m", "pre_commit")
    monkeypatch.setenv("PATH", f"{bin}:{os.environ['PATH']}")
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "home"))
    for name in ("PRE_COMMIT", "SKIP", "GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "repository"
    folder.mkdir()
    monkeypatch.chdir(folder)
    repository()
    installed = HOOKS.replace("language: python", "language: system")
    hooks = re.sub("^(?=.)", "      ", installed, flags=re.MULTILINE)
    Path(".pre-commit-config.yaml").write_text(f"repos:\n  - repo: local\n    hooks:\n{hooks}")
    Path("net.snn.toml").write_text(SPEC)
    Path("base.snn.toml").write_text(BASE)
    Path("n1.snn.toml").write_text(EXTENDING.format(name="n1"))
    Path("venv/zoo").mkdir(parents=True)
    Path("venv/pyvenv.cfg").touch()
    Path("venv/zoo/theirs.snn.toml").write_text("broken")
    assert snnc(capsys, "build").code == 0
    assert snnc(capsys, "schema", "-o", "snnc.schema.json").code == 0
    assert commit().returncode == 0
    program(Path(".git/hooks/pre-commit"), "-m", "pre_commit", "hook-impl", *HOOK_ARGUMENTS)
    return folder


HOOK_ARGUMENTS = "--config=.pre-commit-config.yaml --hook-type=pre-commit --hook-dir=. --".split()


def rewrite(path: str, old: str, new: str) -> None:
    text = Path(path).read_text()
    assert old in text
    Path(path).write_text(text.replace(old, new))


DRIFTS: dict[str, tuple[Callable[[], object], str]] = {
    "a generated file is deleted": (
        lambda: git("rm", "-q", "net/kernels.py"),
        "net/kernels.py: missing",
    ),
    "a hand edit": (lambda: rewrite("net/model.py", "class Net", "class Mine"), "edited by hand"),
    "a package is deleted": (lambda: git("rm", "-rq", "net"), "missing"),
    "the runtime is edited": (
        lambda: rewrite("snn_runtime/steps.py", "def ", "def  "),
        "snn_runtime/steps.py: ",
    ),
    "a base is edited": (
        lambda: rewrite("base.snn.toml", "out_features = 10", "out_features = 12"),
        "n1/model.py: out of date",
    ),
    "a base is broken": (
        lambda: rewrite("base.snn.toml", '"LIF"', '"LIFE"'),
        "there is no layer `LIFE`",
    ),
    "a base is deleted": (lambda: git("rm", "-q", "base.snn.toml"), 'cannot read "base.snn.toml"'),
    "a spec is deleted": (lambda: git("rm", "-q", "net.snn.toml"), "net/ is made from net.snn.to"),
    "a network is renamed": (
        lambda: rewrite("net.snn.toml", '"net"', '"other"'),
        "net/ is left of net.snn.toml",
    ),
    "the schema is stale": (
        lambda: rewrite("snnc.schema.json", '"LIF"', '"LIFE"'),
        "snnc.schema.json is the schema of another snnc",
    ),
    "a second spec of one name": (
        lambda: shutil.copy("net.snn.toml", "twin.snn.toml"),
        "net/ is the package of net.snn.toml too",
    ),
}


@pytest.mark.parametrize("drift", DRIFTS)
def test_drift_stops_the_commit(project: Path, drift: str) -> None:
    change, says = DRIFTS[drift]
    change()
    ran = commit()
    printed = ran.stdout + ran.stderr
    assert ran.returncode == 1, printed
    assert says in printed
    assert "help: " in printed


def test_what_is_in_order_is_committed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("notes.txt").write_text("nothing about networks")
    ran = commit()
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr.count("Passed") == 2
    rewrite("base.snn.toml", "out_features = 10", "out_features = 12")
    assert snnc(capsys, "build").code == 0
    assert commit().returncode == 0
    assert git("status", "--porcelain").stdout == ""


def test_a_project_without_specs_may_have_the_hooks(project: Path) -> None:
    git("rm", "-rq", "*.snn.toml", "net", "n1", "base", "snn_runtime", "snnc.schema.json")
    ran = commit()
    assert ran.returncode == 0, ran.stderr
