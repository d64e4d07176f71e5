"""Plain command lines, read by hand and by the whole parser: both have to give the same options."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import typer.main

from snnc import __main__, cli
from snnc.commands import build as builds
from snnc.commands import lint as lints
from snnc.options import BuildOptions, LintOptions
from snnc.plain_arguments import command, options
from tests.support.cli import SPEC

LINES = [
    "lint",
    "lint a.snn.toml b",
    "lint -",
    "lint --output-format json a.snn.toml",
    "lint a.snn.toml --set time_steps=4 --set name=x",
    "lint --fix --unsafe-fixes --diff -q",
    "lint --select A,B --select C --ignore D --extend-select E --exclude F",
    "lint --config limits.findings=3 --config a=1 --statistics",
    "lint --add-ignore --no-cache --watch --quiet",
    "lint - --stdin-filename sub/a.snn.toml",
    "build",
    "build --check specs",
    "build --diff --force a.snn.toml",
    "build -o out a.snn.toml --out other",
    "build --set a=1 --output-format concise --config a=1 --no-cache --watch -q",
]
NOT_PLAIN = [
    "",
    "-h",
    "--version",
    "show a.snn.toml",
    "lint -h",
    "lint --help",
    "lint --nonsense",
    "lint --output-format",
    "lint --output-format=json",
    "lint --set --fix",
    "lint --paths a",
    "lint --settings a",
    "lint --cache",
    "lint --fi",
    "lint -- a",
    "lint --check",
    "build --fix",
    "build -qo out",
    "lint --install-completion",
]


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The options that the whole parser gives to a command."""
    seen: list[Any] = []

    def see(given: Any) -> int:
        seen.append(given)
        return 0

    monkeypatch.setattr(lints, "lint", see)
    monkeypatch.setattr(builds, "build", see)
    return seen


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("stated", ["", "json"])
def test_both_read_the_same(
    whole: list[Any], line: str, stated: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if stated:
        monkeypatch.setenv("SNNC_OUTPUT_FORMAT", stated)
    else:
        monkeypatch.delenv("SNNC_OUTPUT_FORMAT", raising=False)
    name, *words = line.split()
    with pytest.raises(SystemExit) as end:
        cli.main([name, *words])
    assert end.value.code == 0
    assert options(LintOptions if name == "lint" else BuildOptions, words) == whole[0]


@pytest.mark.parametrize("line", NOT_PLAIN)
def test_all_else_is_for_the_whole_parser(line: str) -> None:
    assert command(line.split()) is None


@pytest.mark.parametrize(("name", "kind"), [("lint", LintOptions), ("build", BuildOptions)])
def test_every_option_has_a_field(name: str, kind: type[Any]) -> None:
    group = typer.main.get_command(cli.app)
    declared = {each.name for each in group.commands[name].params}  # type: ignore[attr-defined]
    declared = {"cache" if each == "no_cache" else each for each in declared}
    assert declared == {field.name for field in fields(kind)}


def test_both_end_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.snn.toml").write_text(SPEC)
    lines = ("lint", "lint nosuch", "lint --output-format xml", "build --check", "lint -h", "", "x")
    for line in lines:
        ends = []
        for main in (cli.main, __main__.main):
            with pytest.raises(SystemExit) as end:
                main(line.split())
            ends.append((end.value.code, capsys.readouterr()))
        assert ends[0] == ends[1]
