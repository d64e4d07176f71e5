"""The command line: exit codes, what goes to stdout and what to stderr, help that fits."""

import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from snnc import formats, terminal
from snnc.source import reading
from snnc.source.diagnostic import Diagnostic, Place, Severity, Span
from tests.support.cli import SPEC, Ran, snnc

COMMANDS = ("build", "lint", "show", "verify", "explain", "rules", "schema", "new")
BROKEN = SPEC.replace("LIF", "LIFF")
DEAD = SPEC.replace(
    '  { kind = "IF" },\n', '  { kind = "IF" },\n  { kind = "IF", from = "input" },\n'
)
DEAD = DEAD.replace('"Flatten" }', '"Flatten", from = "conv1" }')
ERROR = "net.snn.toml:14:12: error: SNN202 unknown-kind there is no layer `LIFF`\n"

Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """A command, in an empty folder with one spec."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    Path("net.snn.toml").write_text(SPEC)
    return lambda *arguments: snnc(capsys, *arguments)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_fits_and_is_whole(run: Run, command: str) -> None:
    ran = run(command, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert max(map(len, ran.out.splitlines())) <= 80
    summary = ran.out.splitlines()[2].strip()
    assert [command, *summary.split()] in [line.split() for line in run("--help").out.splitlines()]


def test_help_names_every_format(run: Run) -> None:
    for command in ("build", "lint"):
        text = " ".join(run(command, "--help").out.split())
        assert all(name in text for name in formats.names())


def test_version(run: Run) -> None:
    assert run("--version") == Ran(0, "snnc 0.1.0\n", "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("lint", "--nonsense", "net.snn.toml"),
        ("lint", "missing.snn.toml"),
        ("lint", "folder"),
        ("lint", "net.toml"),
        ("lint", "net.snn.toml", "--output-format", "xml"),
        ("build", "net.snn.toml", "--output-format", "xml"),
        ("build", "net.snn.toml", "other.snn.toml", "-o", "out"),
        ("show", "folder"),
        ("show", "missing.snn.toml"),
        ("show", "net.toml"),
        ("show", "net.snn.toml", "--format", "xml"),
        ("show", "net.snn.toml", "--after", "lunch"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_carried_out_is_one_sentence_and_exit_code_2(
    run: Run, arguments: tuple[str, ...]
) -> None:
    Path("folder").mkdir()
    Path("net.toml").write_text(SPEC)
    Path("other.snn.toml").write_text(SPEC.replace('"net"', '"other"'))
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert "Traceback" not in ran.err
    assert len([line for line in ran.err.splitlines() if line.startswith(("snnc:", "Error:"))]) == 1


def test_sentences(run: Run) -> None:
    Path("folder").mkdir()
    Path("net.toml").write_text(SPEC)
    assert run("lint", "no.snn.toml").err == "snnc: no.snn.toml: there is no such file\n"
    meant = "there is no such file: did you mean net.snn.toml?"
    assert run("lint", "nett.snn.toml").err == f"snnc: nett.snn.toml: {meant}\n"
    Path("net").mkdir()
    meant = "there is no *.snn.toml in this folder: did you mean net.snn.toml?"
    assert run("build", "net").err == f"snnc: net: {meant}\n"
    assert run("lint", "net.toml").err == "snnc: net.toml: a spec is called NAME.snn.toml\n"
    assert run("lint", "folder").err == "snnc: folder: there is no *.snn.toml in this folder\n"
    assert run("show", "folder").err == "snnc: folder: this is a folder, name one spec in it\n"
    allowed = "concise, full, github, gitlab, json, junit, sarif"
    sentence = f"snnc: --output-format must be one of {allowed}, not xml\n"
    assert run("lint", "net.snn.toml", "--output-format", "xml").err == sentence


def test_lint_goes_on_behind_a_path_that_is_not_there(run: Run) -> None:
    Path("bad.snn.toml").write_text(SPEC.replace("IF", "IFF"))
    paths = ("nosuch.snn.toml", "net.snn.toml", "bad.snn.toml", "nowhere")
    ran = run("lint", *paths, "--output-format", "concise")
    assert ran.code == 2
    assert "bad.snn.toml:" in ran.out
    assert ran.err == (
        "snnc: nosuch.snn.toml: there is no such file\nsnnc: nowhere: there is no such file\n"
    )
    assert run("lint", "net.snn.toml", "nosuch") == Ran(
        2, "", "all fine in 1 spec\nsnnc: nosuch: there is no such file\n"
    )
    assert run("lint", "nosuch", "nowhere").err.count("\n") == 2


def test_lint_goes_on_behind_a_file_that_may_not_be_read(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("closed.snn.toml").write_text(SPEC)
    Path("bad.snn.toml").write_text(SPEC.replace("IF", "IFF"))
    monkeypatch.setattr(os, "access", lambda path, _: Path(path).name != "closed.snn.toml")
    ran = run("lint", ".", "--output-format", "concise")
    assert (ran.code, "bad.snn.toml:" in ran.out) == (2, True)
    assert ran.err == "snnc: closed.snn.toml: permission denied\n"
    assert run("lint", "closed.snn.toml").err == "snnc: closed.snn.toml: permission denied\n"


def test_what_a_code_page_lacks_is_no_failure(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    page = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(page, "cp1252"))
    assert run("explain", "weighted_phase").code == 0
    sys.stdout.flush()
    assert b"phases  integer ? 1, ? 24  8" in page.getvalue()


@pytest.mark.parametrize(
    ("plain", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_colour_is_for_terminals_that_have_it(
    monkeypatch: pytest.MonkeyPatch, plain: dict[str, str], coloured: bool
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in plain.items():
        monkeypatch.setenv(name, value)
    assert terminal._colour() is coloured


def test_a_file_that_cannot_be_read(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, most: int) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(reading, "regular", refuse)
    assert run("lint", "net.snn.toml") == Ran(2, "", "snnc: net.snn.toml: permission denied\n")


def test_an_error_of_our_own_is_told_without_a_traceback(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(paths: object) -> list[Path]:
        raise KeyError("oh")

    monkeypatch.delenv("SNNC_DEBUG", raising=False)
    monkeypatch.setattr(terminal, "specs", fail)
    said = "snnc: internal error, please report it: KeyError: 'oh' (SNNC_DEBUG=1 for more)\n"
    assert run("lint", "net.snn.toml") == Ran(2, "", said)


def test_lint_of_a_right_spec(run: Run) -> None:
    assert run("lint", "net.snn.toml") == Ran(0, "", "all fine in 1 spec\n")
    assert run("lint", ".") == Ran(0, "", "all fine in 1 spec\n")
    assert run("lint", "net.snn.toml", "--output-format", "concise") == Ran(0, "", "")
    assert run("lint", "net.snn.toml", "--output-format", "json") == Ran(0, "[]\n", "")


def test_lint_of_a_broken_spec(run: Run) -> None:
    Path("net.snn.toml").write_text(BROKEN)
    assert run("lint", "net.snn.toml", "--output-format", "concise") == Ran(1, ERROR, "")
    (found,) = json.loads(run("lint", "net.snn.toml", "--output-format", "json").out)
    assert (found["line"], found["column"], found["end_column"]) == (14, 12, 18)
    assert (found["code"], found["severity"]) == ("SNN202", "error")
    assert found["help"] == "did you mean `LIF`?"
    assert run("lint", "net.snn.toml") == Ran(
        1,
        """\
net.snn.toml:14:12: error[SNN202] unknown-kind: there is no layer `LIFF`
   |
14 |   { kind = "LIFF" },
   |            ^^^^^^
   = help: did you mean `LIF`?
""",
        "1 error in 1 spec\n",
    )


def test_lint_warns_and_counts(run: Run) -> None:
    Path("net.snn.toml").write_text(DEAD)
    ran = run("lint", "net.snn.toml")
    assert (ran.code, ran.err) == (1, "2 warnings in 1 spec\n")
    Path("b.snn.toml").write_text(BROKEN)
    ran = run("lint", ".", "b.snn.toml")
    assert (ran.code, ran.err) == (1, "1 error and 2 warnings in 2 specs\n")


def test_a_wrong_setting_is_told_once_for_many_specs(run: Run) -> None:
    Path("b.snn.toml").write_text(SPEC.replace('"net"', '"b"'))
    ran = run("lint", ".", "--set", "time_steps=0", "--output-format", "concise")
    line = "--set:1:12: error: SNN204 bad-value `time_steps` must be at least 1, not 0\n"
    assert (ran.code, ran.out) == (1, line)


def test_folders_are_searched_but_not_hidden_ones(run: Run) -> None:
    for folder in (".hidden", "deep/er"):
        Path(folder).mkdir(parents=True)
        (Path(folder) / "b.snn.toml").write_text(BROKEN)
    ran = run("lint", ".", "--output-format", "concise")
    assert ran.out == f"deep/er/b{ERROR.removeprefix('net')}"


def test_show(run: Run) -> None:
    ran = run("show", "net.snn.toml")
    assert (ran.code, ran.err) == (0, "")
    assert "before the time loop: computed once" in ran.out
    assert "hoisted out of the time loop: conv1" in ran.out


def test_show_json(run: Run) -> None:
    ran = run("show", "net.snn.toml", "--format", "json", "--set", "time_steps=8")
    shown = json.loads(ran.out)
    assert (ran.code, ran.err, shown["name"], shown["time_steps"]) == (0, "", "net", 8)
    layers = {layer["name"]: layer for layer in shown["layers"]}
    assert list(layers) == ["input", "conv1", "if1", "flatten1", "fc", "lif1", "output"]
    fields = {"name", "kind", "inputs", "shape", "region", "reason", "parameters"}
    assert fields | {"macs_before", "macs_after"} <= layers["fc"].keys()
    assert [layer["region"] for layer in layers.values()] == [
        *("before", "before", "time", "time", "time", "time", "after"),
    ]
    conv, fc = layers["conv1"], layers["fc"]
    assert (conv["kind"], conv["inputs"], conv["shape"]) == ("Conv2d", [[1, 8, 8]], [4, 6, 6])
    assert conv["reason"] == "static: its input does not change over time"
    assert (conv["parameters"], fc["parameters"]) == (36, 1450)
    assert (conv["macs_before"], conv["macs_after"]) == (8 * 36 * 36, 36 * 36)
    assert (fc["macs_before"], fc["macs_after"]) == (8 * 1440, 8 * 1440)


def test_show_after_a_pass(run: Run) -> None:
    after = {name: run("show", "net.snn.toml", "--after", name) for name in ("lower", "hoist")}
    assert {ran.code for ran in after.values()} == {0}
    assert after["lower"].out.startswith("program net, T = 4\nscan loop, ")
    assert after["hoist"].out.startswith("program net, T = 4\nonce\n")


def test_show_of_a_broken_spec(run: Run) -> None:
    Path("net.snn.toml").write_text(BROKEN)
    ran = run("show", "net.snn.toml")
    assert (ran.code, ran.err) == (1, "")
    assert "error[SNN202]" in ran.out


def test_another_time_constant_is_another_package(run: Run) -> None:
    """As docs/training.md says: kernels have it as a constant, so train.py has no flag for it."""
    words = ("build", "net.snn.toml", "--set", "name=net_tau3", "--set")
    assert run("build", "net.snn.toml").code == 0
    assert run(*words, "defaults.LIF.tau=4.0").code == 0
    kernels = [Path(name, "kernels.py").read_text() for name in ("net", "net_tau3")]
    assert ["* R(0.25)" in text for text in kernels] == [False, True]
    ran = run(*words, "defaults.LIF.tau=1.0", "--output-format", "concise")
    where = "--set:1:18: error: SNN204 bad-value"
    assert ran.out == f"{where} `tau` must be greater than 1, not 1.0\n"
    assert Path("net_tau3", "kernels.py").read_text() == kernels[1]


def test_build_reports_in_every_format(run: Run) -> None:
    Path("net.snn.toml").write_text(BROKEN)
    assert run("build", "net.snn.toml", "--output-format", "concise") == Ran(1, ERROR, "")
    assert json.loads(run("build", "net.snn.toml", "--output-format", "json").out)
    assert not Path("net").exists()


def test_build_of_a_right_spec_as_json_is_an_empty_list(run: Run) -> None:
    assert run("build", "net.snn.toml", "--output-format", "json").out == "[]\n"


def test_an_info_is_told_and_no_reason_to_fail(run: Run) -> None:
    text = SPEC.replace("steps = 4", "steps = 8")
    text = text.replace("[1, 8, 8]", '[1, 8, 8]\nencoder = "poisson"')
    Path("net.snn.toml").write_text(text, "utf-8")
    ran = run("lint", "net.snn.toml", "--output-format", "concise")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("net.snn.toml:7:1: info: SNN470 hoisting-lost ")
    assert run("lint", "net.snn.toml").err == "1 remark in 1 spec\n"


def test_a_summary_counts_each_severity() -> None:
    place = Place("x", "abc", Span(0, 1))
    severities: list[Severity] = ["info", "error", "warning", "info"]
    every = [Diagnostic("S", "n", f"{n}", place, severity=s) for n, s in enumerate(severities)]
    assert terminal.summary(every, 3) == "1 error, 1 warning and 2 remarks in 3 specs"
    assert terminal.summary(every[:2], 1) == "1 error and 1 remark in 1 spec"
    assert terminal.summary(every[:1], 1) == "1 remark in 1 spec"
