"""The options of snnc lint: what is fixed, chosen, counted, ignored, and read from elsewhere."""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from snnc import terminal
from snnc.rules.graded_spikes import RULE as GRADED
from tests.support.cli import SPEC, Ran, snnc

Run = Callable[..., Ran]
BROKEN = SPEC.replace('"LIF"', '"LIFF"')
BIASED = SPEC.replace(", bias = false },\n", ' },\n  "BatchNorm2d",\n')
UNUSED = SPEC.replace("[input]", "[vars]\nused_not = 3\n\n[input]")
DIFF = """\
--- net.snn.toml
+++ net.snn.toml
@@ -11,5 +11,5 @@
   { kind = "IF" },
   { kind = "Flatten" },
   { kind = "Linear", name = "fc", out_features = 10 },
-  { kind = "LIFF" },
+  { kind = "LIF" },
 ]
"""
NET = Path("net.snn.toml")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    NET.write_text(SPEC)
    return lambda *arguments: snnc(capsys, *arguments)


def test_fix(run: Run) -> None:
    NET.write_text(BROKEN)
    assert run("lint", "--fix", "net.snn.toml") == Ran(
        0, "", "all fine in 1 spec\nfixed 1 finding\n"
    )
    assert NET.read_text() == SPEC


def test_diff_writes_nothing(run: Run) -> None:
    NET.write_text(BROKEN)
    assert run("lint", "--diff") == Ran(1, DIFF, "would fix 1 finding\n")
    assert NET.read_text() == BROKEN
    NET.write_text(SPEC)
    assert run("lint", "--diff").code == 0


def test_an_unsafe_fix_is_asked_for(run: Run) -> None:
    NET.write_text(BIASED)
    ran = run("lint", "--fix", "--output-format", "concise")
    assert ran.code == 0
    assert "net.snn.toml:10:3: with --unsafe-fixes: Write `bias = false`: " in ran.err
    ran = run("lint", "--fix", "--unsafe-fixes")
    assert "in checkpoints it changes `conv1`" in ran.err
    assert NET.read_text() == BIASED.replace("kernel_size = 3 }", "kernel_size = 3, bias = false }")


def test_a_fixed_file_keeps_its_mode_and_a_link_leads_to_it(run: Run) -> None:
    Path("there.snn.toml").write_text(BROKEN)
    Path("there.snn.toml").chmod(0o640)
    NET.unlink()
    NET.symlink_to("there.snn.toml")
    assert run("lint", "--fix", "net.snn.toml").code == 0
    assert NET.is_symlink()
    assert Path("there.snn.toml").read_text() == SPEC
    assert Path("there.snn.toml").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    "words",
    [
        ("--unsafe-fixes",),
        ("--fix", "--add-ignore"),
        ("--fix", "--set", "time_steps=2"),
        ("--select", "nonsense"),
        ("-", "net.snn.toml"),
        ("-", "--stdin-filename", "a.toml"),
    ],
    ids=" ".join,
)
def test_what_does_not_go_together_is_one_sentence(run: Run, words: tuple[str, ...]) -> None:
    ran = run("lint", *words)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert ran.err.startswith("snnc: ")


def test_rules_are_chosen(run: Run) -> None:
    NET.write_text(BIASED)
    concise = ("--output-format", "concise")
    assert "SNN433" in run("lint", *concise).out
    for word in ("bias-before-norm", "SNN433", "SNN43", "all", "SNN407,SNN433"):
        assert run("lint", "--ignore", word, *concise).out == ""
        assert "SNN433" in run("lint", "--select", word, *concise).out
    assert run("lint", "--select", "SNN401", *concise).out == ""
    graded = SPEC.partition("[network]")[0].replace("[1, 8, 8]", "[8]") + GRADED.example
    NET.write_text(graded)
    assert run("lint", *concise).out == ""
    assert "graded-spikes" in run("lint", "--extend-select", "graded-spikes", *concise).out


def test_an_unknown_rule_is_told_with_the_nearest(run: Run) -> None:
    said = "snnc: there is no rule `dead-laier`: did you mean `dead-layer`?\n"
    assert run("lint", "--select", "dead-laier") == Ran(2, "", said)


def test_a_comment_about_a_rule_that_does_not_run_is_not_unused(run: Run) -> None:
    NET.write_text(BIASED.replace("3 },", "3 }, # snnc: ignore[bias-before-norm]", 1))
    assert run("lint", "-q").out == ""
    assert run("lint", "-q", "--ignore", "SNN433").out == ""
    NET.write_text(SPEC + "# snnc: file-ignore[bias-before-norm]\n")
    assert "unused-ignore" in run("lint").out
    assert run("lint", "--ignore", "SNN433").code == 0


def test_statistics(run: Run) -> None:
    NET.write_text(UNUSED.replace('"fc", out_features', '"fc", out_feature'))
    assert run("lint", "--statistics", "-q").out == (
        "    1  SNN201  [*] unknown-key\n    1  SNN403  [*] unused-variable\n"
    )
    (first, _) = json.loads(run("lint", "--statistics", "--output-format", "json").out)
    assert first == {
        "code": "SNN201", "name": "unknown-key", "severity": "error", "count": 1, "fixable": True,
    }  # fmt: skip


def test_add_ignore(run: Run) -> None:
    NET.write_text(UNUSED + "# the end")
    ran = run("lint", "--add-ignore")
    assert ran == Ran(0, "", "all fine in 1 spec\n1 rule ignored by a comment\n")
    assert "used_not = 3  # snnc: ignore[unused-variable]\n" in NET.read_text()
    assert run("lint") == Ran(0, "", "all fine in 1 spec\n")


def test_add_ignore_adds_to_a_comment(run: Run) -> None:
    NET.write_text(BIASED.replace("3 },", "3 }, # snnc: ignore[dead-layer]", 1))
    assert run("lint", "--add-ignore").code == 1  # dead-layer ignores nothing
    assert "# snnc: ignore[dead-layer, bias-before-norm]\n" in NET.read_text()


def test_add_ignore_in_equations(run: Run) -> None:
    own = '''[neurons.My]
state = { v = 0.0 }
step = """
v = v + x
s = spike(v - 1)
"""
output = "s"

[input]'''
    NET.write_text(SPEC.replace("[input]", own).replace('"LIF"', '"My"'))
    found = run("lint", "--output-format", "concise").out
    assert "missing-reset" in found
    assert run("lint", "--add-ignore").code == 0
    assert run("lint") == Ran(0, "", "all fine in 1 spec\n")


def test_errors_are_not_ignored(run: Run) -> None:
    NET.write_text(BROKEN)
    assert run("lint", "--add-ignore").code == 1
    assert NET.read_text() == BROKEN


@pytest.mark.parametrize("command", ["lint", "build"])
def test_a_missing_path_hides_nothing(run: Run, command: str) -> None:
    NET.write_text(BROKEN)
    ran = run(command, "nosuch", "net.snn.toml", "--output-format", "concise")
    assert ran.code == 2
    assert "SNN202" in ran.out
    assert ran.err == "snnc: nosuch: there is no such file\n"
    ran = run(command, "nosuch", "neither")
    assert (ran.code, ran.out, ran.err.count("there is no such file")) == (2, "", 2)


def test_the_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def given(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    given(BROKEN)
    ran = run("lint", "-", "--output-format", "concise")
    assert (ran.code, ran.out.partition(" ")[0]) == (1, "stdin.snn.toml:14:12:")
    given(BROKEN)
    ran = run("lint", "-", "--stdin-filename", "sub/a.snn.toml", "--output-format", "concise")
    assert ran.out.startswith("sub/a.snn.toml:14:12: ")
    given(BROKEN)
    assert run("lint", "-", "--fix") == Ran(0, SPEC, "")
    given(BROKEN)
    assert run("lint", "-", "--diff").out == DIFF.replace("net.snn", "stdin.snn")
    given('extends = "net.snn.toml"\nname = "other"\n')
    assert run("lint", "-").code == 0
    assert [path.name for path in Path().iterdir()] == ["net.snn.toml"]


def test_quiet(run: Run) -> None:
    assert run("lint", "-q") == Ran(0, "", "")
    assert run("build", "-q") == Ran(0, "", "")
    assert run("build", "--check", "--quiet") == Ran(0, "", "")
    assert run("lint", "-q", "nosuch").err == "snnc: nosuch: there is no such file\n"


@pytest.mark.parametrize("command", ["lint", "build", "show", "import"])
def test_h_is_help(run: Run, command: str) -> None:
    assert run(command, "-h") == run(command, "--help")
    assert run("-h").code == 0


def test_the_format_of_the_environment(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNNC_OUTPUT_FORMAT", "json")
    assert run("lint").out == "[]\n"
    assert run("lint", "--output-format", "concise").out == ""
    monkeypatch.setenv("SNNC_OUTPUT_FORMAT", "xml")
    assert run("lint").code == 2


def test_colour_in_a_pipe(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    assert not terminal._colour()
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert terminal._colour()
    monkeypatch.setenv("NO_COLOR", "1")
    assert not terminal._colour()
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("FORCE_COLOR", "0")
    assert not terminal._colour()


def test_as_a_module(run: Run) -> None:
    words = [sys.executable, "-m", "snnc"]
    ran = subprocess.run([*words, "-h"], capture_output=True, text=True, check=False)
    assert (ran.returncode, "lint" in ran.stdout) == (0, True)
    ran = subprocess.run([*words, "lint"], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "all fine in 1 spec\n")


def test_json_has_the_fix_of_a_finding(run: Run) -> None:
    NET.write_text(BROKEN.replace('"fc", out', '"fc", from = "nope", out'))
    found = json.loads(run("lint", "--output-format", "json").out)
    assert [each["fix"] for each in found if each["code"] == "SNN301"] == [None]
    (fix,) = [each["fix"] for each in found if each["code"] == "SNN202"]
    (edit,) = fix.pop("edits")
    assert fix == {"title": "Write `LIF`", "safety": "safe", "warning": ""}
    assert (edit["line"], edit["column"], edit["end_column"], edit["text"]) == (14, 12, 18, '"LIF"')
