"""The page: what is told is escaped, tables can be sorted, and nothing is loaded."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.runtime.runtime import module
from tests.support.cli import SPEC, Ran, snnc
from tests.support.pages import Page, checked

page = module("page")
Run = Callable[..., Ran]
HOSTILE = '<script>alert("x")</script>&amp;\x00'


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """A command, in a folder with one spec."""
    monkeypatch.chdir(tmp_path)
    Path("net.snn.toml").write_text(SPEC)
    return lambda *arguments: snnc(capsys, *arguments)


def test_text_is_escaped_wherever_it_stands() -> None:
    parts = [
        page.section(HOSTILE, page.note(HOSTILE), page.facts({HOSTILE: HOSTILE})),
        page.section("tables", page.table([HOSTILE], [[HOSTILE]], HOSTILE)),
        page.section("more", page.matrix([HOSTILE], [[1]], HOSTILE, HOSTILE)),
        page.section("last", page.picture(HOSTILE, b"png"), page.text_block(HOSTILE, HOSTILE)),
    ]
    text = page.page(HOSTILE, page.note("lead"), parts)
    assert text.count("<script>") == 1
    assert "\x00" not in text
    found = Page(text)
    assert found.tables[0] == [['<script>alert("x")</script>&amp;\ufffd']] * 2


def test_numbers_are_short_and_sort_by_all_digits() -> None:
    text = page.table(["a", "b"], [[0.123456, "x"], [12345.678, None], [3, "y"]])
    assert 'data-value="0.123456">0.1235<' in text
    assert 'data-value="12345.678">12,345.7<' in text
    assert 'data-value="3">3<' in text
    assert '<th scope="col" class="number"><button type="button">a</button></th>' in text
    assert '<th scope="col"><button type="button">b</button></th>' in text


def test_a_program_is_read_line_by_line() -> None:
    rows = page.rows_of("a | Linear | x, y@-1 | [2, 3] | 4 | 5 | 6 | spikes | time | why | so\n")
    assert rows == [
        page.Row("a", "Linear", ("x", "y@-1"), "[2, 3]", 4, 5, 6, "spikes", "time", "why | so")
    ]


def test_show_writes_a_page(run: Run, tmp_path: Path) -> None:
    ran = run("show", "net.snn.toml", "--html", "page.html")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    found = checked(tmp_path / "page.html")
    assert found.headings == ["Program", "Spec", "Kernels"]
    shown = run("show", "net.snn.toml").out
    rows = found.table("layer")
    assert all(row[-1] in shown for row in rows)
    assert "before the time loop" in [row[6] for row in rows]
    assert run("show", "net.snn.toml", "--html", "page.html").code == 0


@pytest.mark.parametrize(
    ("target", "said"),
    [("mine.html", "exists and is no page of snnc"), ("folder", "is a folder"), ("/", "a folder")],
)
def test_show_replaces_only_its_own_pages(run: Run, tmp_path: Path, target: str, said: str) -> None:
    (tmp_path / "mine.html").write_text("<!DOCTYPE html>mine")
    (tmp_path / "folder").mkdir()
    ran = run("show", "net.snn.toml", "--html", target)
    assert ran.code == 2
    assert said in ran.err
    assert (tmp_path / "mine.html").read_text() == "<!DOCTYPE html>mine"
