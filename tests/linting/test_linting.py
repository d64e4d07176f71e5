"""Specs of one run: bases for teams, definitions that others use, comments of every file."""

from collections.abc import Callable
from pathlib import Path

import pytest

import snnc as compiler
from snnc.source.diagnostic import Findings
from tests.support.cli import SPEC, Ran, snnc
from tests.support.git import repository

Run = Callable[..., Ran]
BASE = """\
abstract = true
format = 1
time_steps = 4

[vars]
width = 8
height = 3

[input]
shape = [1, 8, 8]

[defaults]
Linear = { bias = false }
Conv2d = { kernel_size = 3 }

[blocks.Pair]
layers = [{ kind = "Linear", out_features = "$height" }, "LIF"]
"""
TAIL = """\
[network]
layers = ["Flatten", { kind = "Linear", name = "fc", out_features = "$width" }, "LIF"]
"""
PAIR = '[network]\nlayers = ["Flatten", "Pair"]\n'
CONV = '[network]\nlayers = [{ kind = "Conv2d", out_channels = 2 }, "IF", "Flatten", "Pair"]\n'


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """``snnc``, in an empty folder; with findings a line each."""
    monkeypatch.chdir(tmp_path)
    Path("base.snn.toml").write_text(BASE)

    def command(*arguments: str) -> Ran:
        short = ("--output-format", "concise") if arguments[0] != "show" else ()
        return snnc(capsys, *arguments, *short)

    return command


def over(name: str, text: str, base: str = "base.snn.toml") -> None:
    path = Path(f"{name}.snn.toml")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'extends = "{base}"\nname = "{path.name.split(".")[0]}"\n{text}')


def test_thirty_nested_specs_of_one_base_are_clean(run: Run) -> None:
    repository()
    texts = (TAIL, PAIR, CONV)
    for number in range(30):
        deep = "/".join(["team", "member", "series"][: 1 + number % 3])
        up = "../" * (1 + number % 3)
        over(f"{deep}/n{number}", texts[number % 3], f"{up}base.snn.toml")
    assert run("lint") == Ran(0, "", "")
    assert run("lint", ".") == Ran(0, "", "")
    for number in range(3):  # one alone says nothing about what others use
        deep = "/".join(["team", "member", "series"][: 1 + number])
        assert run("lint", f"{deep}/n{number}.snn.toml") == Ran(0, "", "")
    assert run("build").code == 0
    assert run("build", "--check").code == 0
    assert not Path("base").exists()


def test_what_no_spec_uses_is_told_once_in_its_own_file(run: Run) -> None:
    over("a", TAIL)
    over("b", TAIL)
    assert run("lint").out == (
        "base.snn.toml:14:1: warning: SNN404 unused-default `Conv2d`: "
        "no layer uses these defaults\n"
        "base.snn.toml:16:1: warning: SNN405 unused-block `Pair`: no layer uses this block\n"
    )
    assert run("lint", "a.snn.toml") == Ran(0, "", "")
    over("c", CONV)
    assert run("lint") == Ran(0, "", "")


def test_a_spec_that_cannot_be_read_may_use_anything(run: Run) -> None:
    over("a", TAIL)
    over("b", PAIR.replace("[network]", "[network"))
    out = run("lint").out
    assert "SNN001" in out
    assert "SNN40" not in out


def test_an_own_definition_is_told_as_ever(run: Run) -> None:
    over("a", f"[vars]\nmine = 1\n{TAIL}")
    assert run("lint", "a.snn.toml").out == (
        "a.snn.toml:4:1: warning: SNN403 unused-variable `mine`: nothing uses this variable\n"
    )
    assert "--set:1:6: warning: SNN403" in run("lint", "a.snn.toml", "--set", "vars.other=2").out


@pytest.mark.parametrize(
    ("where", "comment"),
    [
        ("[vars]\n", "# snnc: ignore[unused-variable]\ndead = 1\n"),
        ("[vars]\n", "dead = 1 # snnc: ignore[SNN403]\n"),
        ("abstract", "# snnc: file-ignore[unused-variable]\n[vars]\ndead = 1\n[never]\n"),
    ],
)
def test_comments_of_a_base_are_honoured(run: Run, where: str, comment: str) -> None:
    if "file-ignore" in comment:
        text = BASE.replace("abstract", "# snnc: file-ignore[unused-variable]\nabstract", 1)
        Path("base.snn.toml").write_text(text.replace("[vars]\n", "[vars]\ndead = 1\n"))
    else:
        Path("base.snn.toml").write_text(BASE.replace(where, f"{where}{comment}", 1))
    over("a", CONV)
    over("b", TAIL)
    assert run("lint") == Ran(0, "", "")
    for path in ("a.snn.toml", "base.snn.toml"):
        assert run("lint", path) == Ran(0, "", "")


def test_a_comment_of_a_base_that_hides_nothing_is_told(run: Run) -> None:
    comment = "# snnc: ignore[unused-default]"
    base = BASE.replace("width = 8\n", "\n")
    Path("base.snn.toml").write_text(base.replace("size = 3 }", f"size = 3 }} {comment}"))
    over("a", CONV)
    over("b", PAIR)
    assert run("lint") == Ran(0, "", "")  # `b` alone would need it
    over("b", CONV)
    said = (
        "base.snn.toml:14:45: warning: SNN004 unused-ignore `unused-default` ignores nothing here\n"
    )
    assert run("lint").out == said


def test_a_finding_in_a_base_is_told_once(run: Run) -> None:
    Path("base.snn.toml").write_text(f'{BASE}{PAIR}[output]\nreadot = "mean"\n')
    for name in "abc":
        over(name, "")
    assert run("lint").out.count("readot") == 1


# --- abstract ---


def test_an_abstract_spec_is_checked_as_far_as_it_goes(run: Run) -> None:
    assert run("lint") == Ran(0, "", "")
    Path("base.snn.toml").write_text(BASE.replace("time_steps = 4", "time_step = 4"))
    assert "unknown key `time_step`" in run("lint").out
    Path("base.snn.toml").write_text(BASE + TAIL.replace('"LIF"', '"LIFF"'))
    assert "there is no layer `LIFF`" in run("lint").out
    Path("base.snn.toml").write_text(BASE + TAIL.replace('"$width"', '"$deep"'))
    assert run("lint") == Ran(0, "", "")  # whatever extends it may say


def test_an_abstract_spec_is_never_built(run: Run) -> None:
    over("a", TAIL)
    ran = run("build")
    assert ran.code == 0
    assert not Path("base").exists()
    assert run("build", "--check").code == 0
    ran = run("build", "base.snn.toml")
    assert (ran.code, ran.err) == (0, "base.snn.toml: abstract, so there is nothing to build\n")
    ran = run("show", "base.snn.toml")
    assert (ran.code, "SNN109" in ran.out) == (1, True)
    with pytest.raises(Findings):
        compiler.load("base.snn.toml")


def test_a_whole_spec_may_be_abstract(run: Run) -> None:
    Path("base.snn.toml").write_text(f"abstract = true\n{SPEC}")
    over("a", "")
    assert run("lint") == Ran(0, "", "")
    assert run("build").code == 0
    assert not Path("net").exists()


def test_a_package_of_what_became_abstract_is_an_orphan(run: Run) -> None:
    Path("net.snn.toml").write_text(SPEC)
    assert run("build", "net.snn.toml").code == 0
    Path("net.snn.toml").write_text(f"abstract = true\n{SPEC}")
    assert "net/ is made from net.snn.toml, which is abstract now" in run("build", "--check").out


@pytest.mark.parametrize("value", ["1", '"yes"', "[]"])
def test_abstract_is_true_or_false(run: Run, value: str) -> None:
    Path("base.snn.toml").write_text(f"abstract = {value}\n{SPEC}")
    said = "base.snn.toml:1:12: error: SNN205 wrong-type `abstract` must be true or false\n"
    assert run("lint").out == said
    assert run("build").out == said


def test_false_says_nothing(run: Run) -> None:
    Path("base.snn.toml").write_text(f"abstract = false\n{SPEC}")
    assert run("lint") == Ran(0, "", "")
    assert run("build").code == 0


@pytest.mark.parametrize(
    ("build", "what"),
    [
        ('out = "."', "the spec's own folder or one above it"),
        ('out = ".."', "outside of this folder"),
        ('package = "a.b"', "which is not in a.b"),
        ('runtime = "net.model"', "which overlaps with that of net.snn.toml"),
    ],
)
def test_a_folder_that_no_build_would_write_to_is_found(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    build: str,
    what: str,
) -> None:
    """And told as build tells it."""
    monkeypatch.chdir(tmp_path)
    Path("net.snn.toml").write_text(f"{SPEC}[build]\n{build}\n", "utf-8")
    lint = snnc(capsys, "lint", "net.snn.toml", "--output-format", "concise")
    built = snnc(capsys, "build", "net.snn.toml", "--output-format", "concise")
    assert (lint.code, lint.out) == (built.code, built.out)
    assert lint.code == 1
    assert "SNN209" in lint.out
    assert what in lint.out
