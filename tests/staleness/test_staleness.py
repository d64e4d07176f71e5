"""What is not as its spec says: one finding each, with a code, in every format, and what helps."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from snnc import formats, schema
from snnc.commands.explain import explain
from tests.support.cli import SPEC, TRAIN, Ran, snnc

Run = Callable[..., Ran]
UP_TO_DATE = Ran(0, "", "1 package up to date\n")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """``snnc``, in a folder with one spec and its package."""
    monkeypatch.chdir(tmp_path)
    Path("net.snn.toml").write_text(SPEC + TRAIN)
    assert snnc(capsys, "build").code == 0
    return lambda *arguments: snnc(capsys, *arguments)


def rewrite(path: str, old: str, new: str) -> None:
    text = Path(path).read_text()
    assert old in text
    Path(path).write_text(text.replace(old, new))


def prepend(path: str, text: str) -> None:
    Path(path).write_text(text + Path(path).read_text())


def other_spec() -> None:
    Path("a.snn.toml").write_text(SPEC)


def rename() -> None:
    rewrite("net.snn.toml", 'name = "net"', 'name = "renamed"')


def conflict() -> None:
    text = Path("net/model.py").read_text()
    other = text.replace("net.snn.toml", "old.snn.toml")
    Path("net/model.py").write_text(f"<<<<<<< HEAD\n{text}=======\n{other}>>>>>>> two\n")


def leave_over() -> None:
    Path("net.snn.toml").write_text(SPEC)


def newer() -> None:
    text = Path("net/model.py").read_text()
    from snnc.emit import header

    body = text.split("# isort: skip_file\n")[1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(header, "OUTPUT_FORMAT", 3)
        made = header.with_header(body, header.Command("net.snn.toml"))
    Path("net/model.py").write_text(made)


CASES: dict[str, tuple[str, Callable[[], object]]] = {
    "stale": ("SNN501", lambda: rewrite("net.snn.toml", "out_channels = 4", "out_channels = 5")),
    "missing": ("SNN502", lambda: Path("net/kernels.py").unlink()),
    "package": ("SNN502", lambda: shutil.rmtree("net")),
    "runtime": ("SNN502", lambda: Path("snn_runtime/fused/cpu.py").unlink()),
    "edited": ("SNN503", lambda: rewrite("net/model.py", "class Net", "class Mine")),
    "reformatted": ("SNN504", lambda: rewrite("net/model.py", '"""', "'''")),
    "conflict": ("SNN505", conflict),
    "foreign": ("SNN506", lambda: Path("net/model.py").write_text("mine = 1\n")),
    "left over": ("SNN507", leave_over),
    "renamed": ("SNN508", rename),
    "deleted": ("SNN508", lambda: Path("net.snn.toml").unlink()),
    "twins": ("SNN509", other_spec),
    "newer": ("SNN510", newer),
    "schema": ("SNN511", lambda: Path("snnc.schema.json").write_text("{}")),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("output_format", formats.names())
def test_every_format_has_every_finding(run: Run, case: str, output_format: str) -> None:
    code, change = CASES[case]
    change()
    ran = run("build", "--check", ".", "--output-format", output_format)
    assert ran.code == (2 if case == "deleted" else 1)
    if case == "deleted":  # a folder without any spec; the project is another matter
        ran = run("build", "--check", "--output-format", output_format)
        assert ran.code == 1
    assert ran.err == ""
    assert code in ran.out


@pytest.mark.parametrize("case", CASES)
def test_every_finding_has_help_and_is_explained(run: Run, case: str) -> None:
    code, change = CASES[case]
    change()
    found = json.loads(run("build", "--check", "--output-format", "json").out)
    (told,) = [finding for finding in found if finding["code"] == code][:1]
    assert told["help"]
    assert told["severity"] == "error"
    assert explain(code).startswith(f"{code} {told['name']}: error\n")
    if case not in ("deleted", "twins", "schema"):
        where = told["path"], told["line"], told["column"], told["end_column"]
        assert where[:3] == ("net.snn.toml", 2, 8)


def test_what_is_up_to_date_has_none(run: Run) -> None:
    assert run("build", "--check") == UP_TO_DATE
    assert run("build", "--check", "--output-format", "json").out == "[]\n"


# --- what tools do to files ---


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda: prepend("net/model.py", "\ufeff"), "begins with a byte order mark"),
        (lambda: prepend("net/model.py", "# Copyright\n#\n\n"), "begins with lines that snnc did"),
        (lambda: prepend("net/model.py", "#!/usr/bin/env python\n"), "begins with lines that"),
        (lambda: rewrite("net/model.py", "\n\n\n", "\n\n"), "reformatted, with the same meaning"),
        (lambda: rewrite("net/model.py", "return ", "return  "), "reformatted, with the same"),
    ],
)
def test_what_a_tool_did_is_named(run: Run, change: Callable[[], None], says: str) -> None:
    change()
    told = run("build", "--check").out
    assert f"[SNN504] reformatted-file: net/model.py: {says}" in told
    assert "help: exclude net/ from " in told
    before = Path("net/model.py").read_bytes()
    assert run("build").code == 1
    assert Path("net/model.py").read_bytes() == before
    assert run("build", "--force").code == 0
    assert run("build", "--check") == UP_TO_DATE


@pytest.mark.parametrize(
    "change",
    [
        lambda: rewrite("net/model.py", "\n\n\n", "\n\n# mine\n"),
        lambda: prepend("net/model.py", "import os\n"),
        lambda: rewrite("net/model.py", "class Net", "class Mine"),
        lambda: rewrite("net/model.py", "import torch", "import torch (("),
        lambda: Path("net/model.py").write_text("(" * 100_000),
    ],
)
def test_what_a_person_did_is_no_formatting(run: Run, change: Callable[[], None]) -> None:
    change()
    told = run("build", "--check").out
    assert "SNN504" not in told
    assert "SNN503" in told or "SNN506" in told


# --- packages that nobody makes ---


def test_a_renamed_network(run: Run) -> None:
    rename()
    ran = run("build")
    assert (ran.code, ran.out) == (0, "")
    left = "net/ is left of net.snn.toml, whose package is renamed/ now"
    assert f"{left}: delete net/" in ran.err
    for given in ((), (".",), ("net.snn.toml",)):
        ran = run("build", "--check", *given, "--output-format", "concise")
        assert (ran.code, ran.out.count("SNN508")) == (1, 1)
        assert left in ran.out
    shutil.rmtree("net")
    assert run("build", "--check") == UP_TO_DATE


def test_a_deleted_spec(run: Run) -> None:
    Path("b.snn.toml").write_text(SPEC.replace('"net"', '"b"'))
    assert run("build").code == 0
    Path("net.snn.toml").unlink()
    ran = run("build", "--check", ".", "--output-format", "concise")
    assert ran.out == (
        "net/__init__.py:1:1: error: SNN508 orphan-package net/ is made from net.snn.toml, "
        "which is not there\n"
    )


def test_a_renamed_spec(run: Run) -> None:
    Path("net.snn.toml").rename("other.snn.toml")
    told = run("build", "--check", ".").out
    assert "belongs to net.snn.toml, which is not there\n" in told
    assert "help: if that spec was renamed, run snnc build other.snn.toml --force\n" in told
    assert run("build", "--force").code == 0
    assert run("build", "--check", ".") == UP_TO_DATE


def test_a_runtime_that_no_package_imports(run: Run) -> None:
    shutil.rmtree("net")
    Path("net.snn.toml").unlink()
    ran = run("build", "--check", "--output-format", "concise")
    assert (ran.code, ran.out.count("\n")) == (1, 1)
    assert "SNN508 orphan-package no package imports snn_runtime/" in ran.out


def test_further_packages_of_a_spec_are_no_orphans(run: Run) -> None:
    assert run("build", "net.snn.toml", "--set", "name=net_tau3").code == 0
    assert run("build", "net.snn.toml", "-o", "elsewhere/copy").code == 0
    command = "# Regenerate: snnc build ../net.snn.toml -o copy\n"
    assert command in Path("elsewhere/copy/model.py").read_text()
    assert run("build", "--check", ".") == Ran(0, "", "3 packages up to date\n")
    Path("net.snn.toml").rename("other.snn.toml")
    told = run("build", "--check", ".", "--output-format", "concise").out
    assert "net_tau3/ is made from net.snn.toml, which is not there" in told


def test_further_packages_of_a_spec_are_stale_like_others(run: Run) -> None:
    commands = ("snnc build net.snn.toml --set name=wide", "snnc build net.snn.toml -o e/copy")
    for command in commands:
        assert run(*command.split()[1:]).code == 0
    rewrite("net.snn.toml", "out_channels = 4", "out_channels = 5")
    told = run("build", "--check").out
    assert told.count("SNN501") == 3
    for command in commands:
        assert f"help: run {command}\n" in told
        assert run(*command.split()[1:]).code == 0
    assert run("build").code == 0
    assert run("build", "--check") == Ran(0, "", "3 packages up to date\n")
    Path("e/snn_runtime/fused/cpu.py").unlink()
    rewrite("wide/model.py", "class Wide", "class Mine")
    told = run("build", "--check", "--output-format", "concise").out
    assert ("SNN502" in told, "SNN503" in told, told.count("\n")) == (True, True, 2)


def test_a_further_package_whose_settings_are_wrong_by_now(run: Run) -> None:
    assert run("build", "net.snn.toml", "--set", "name=wide", "--set", "train.epochs=3").code == 0
    Path("net.snn.toml").write_text(SPEC)
    assert run("build").code == 0
    ran = run("build", "--check", "--output-format", "concise")
    assert (ran.code, ran.out.count("\n")) == (1, 1)
    assert "SNN501 stale-file `snnc build net.snn.toml --set name=wide --set train.ep" in ran.out
    assert "made wide/, and fails now: [train] needs" in ran.out


def test_what_is_excluded_is_no_orphan(run: Run) -> None:
    Path("net").rename("kept")
    assert run("build").code == 0
    assert run("build", "--check").code == 1
    Path("snnc.toml").write_text('exclude = ["kept/"]\n')
    assert run("build", "--check") == UP_TO_DATE


def test_a_broken_spec_makes_no_orphan(run: Run) -> None:
    rewrite("net.snn.toml", "LIF", "LIFF")
    told = run("build", "--check", ".", "--output-format", "concise").out
    assert "SNN202" in told
    assert "SNN508" not in told


# --- two specs of one package ---


@pytest.mark.parametrize("command", [("lint",), ("build",), ("build", "--check")])
def test_two_specs_of_one_name_are_refused(run: Run, command: tuple[str, ...]) -> None:
    other_spec()
    Path("free.snn.toml").write_text(SPEC.replace('"net"', '"free"'))
    before = {path: path.read_bytes() for path in Path("net").rglob("*.py")}
    ran = run(*command, "--output-format", "concise")
    assert ran.code == 1
    assert (
        "net.snn.toml:2:8: error: SNN509 duplicate-package net/ is the package of a.snn.toml too"
        in ran.out
    )
    assert {path: path.read_bytes() for path in before} == before
    assert Path("free").exists() == (command == ("build",))


def test_one_name_in_two_folders_is_no_mistake(run: Run) -> None:
    Path("sub").mkdir()
    Path("sub/net.snn.toml").write_text(SPEC + TRAIN)
    assert run("lint") == Ran(0, "", "all fine in 2 specs\n")
    assert run("build").code == 0
    assert run("build", "--check").code == 0


def test_two_specs_of_one_file_name_never_share_a_package(run: Run) -> None:
    for folder, channels in (("a", 4), ("b", 5)):
        Path(folder).mkdir()
        text = SPEC.replace("out_channels = 4", f"out_channels = {channels}")
        Path(folder, "net.snn.toml").write_text(f'{text}[build]\nout = "../both/net"\n')
    assert run("build", "a/net.snn.toml").code == 0
    before = Path("both/net/model.py").read_text()
    assert before.startswith("# Code generated by snnc from ../a/net.snn.toml. DO NOT EDIT.\n")
    for arguments in ((), ("--check",)):
        ran = run("build", *arguments, "b/net.snn.toml")
        assert ran.code == 1
        assert "belongs to ../a/net.snn.toml\n" in ran.out
    assert Path("both/net/model.py").read_text() == before
    ran = run("build", "a", "b")
    assert (ran.code, "SNN509" in ran.out) == (1, True)


# --- the editor's schema ---


def test_the_schema(run: Run) -> None:
    prepend("net.snn.toml", "#:schema snnc.schema.json\n\n")
    assert run("build", "--check") == UP_TO_DATE
    assert run("schema", "-o", "snnc.schema.json").code == 0
    assert run("build", "--check") == UP_TO_DATE
    text = schema.text()
    Path("snnc.schema.json").write_text(json.dumps(json.loads(text)))  # a formatter's
    assert run("build", "--check") == UP_TO_DATE
    Path("snnc.schema.json").write_text(text.replace("LIF", "LIFE"))
    ran = run("build", "--check", "--output-format", "concise")
    said = "SNN511 stale-schema snnc.schema.json is the schema of another snnc"
    assert (ran.code, ran.out) == (1, f"net.snn.toml:1:10: error: {said}\n")
    assert "help: run snnc schema -o snnc.schema.json\n" in run("build", "--check").out
    assert run("schema", "-o", "snnc.schema.json").code == 0
    assert run("build", "--check") == UP_TO_DATE
