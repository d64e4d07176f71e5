"""``make page``: what Chromium says of a page. Where there is no Chromium, the command says so.

What can be told without a browser, tests.support.pages tells of every page in tests/evaluation.
"""

from pathlib import Path

import pytest

from tests.support.cli import SPEC, snnc
from tools import chromium, page

FAULTY = """<!DOCTYPE html><title>x</title><style>small {{ font-size: 6px }}</style>
<div style="width: 2000px">wide</div><small>tiny</small><img src="{image}">
<table class="sortable"><thead><tr><th><button>stuck</button></th></tr></thead>
<tbody><tr><td>b</td></tr><tr><td>a</td></tr></tbody></table>
<script>console.error("bad"); setTimeout(() => {{ throw Error("worse"); }})</script>
"""


def test_a_page_is_opened_and_every_fault_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "net.snn.toml").write_text(SPEC)
    monkeypatch.chdir(tmp_path)
    assert snnc(capsys, "show", "net.snn.toml", "--html", "right.html").code == 0
    image = (tmp_path / "other.png").as_uri()
    Path("faulty.html").write_text(FAULTY.format(image=image))
    if chromium.found() is None:  # the command says it, and CI's log too
        assert page.main(["right.html"]) == 2
        assert "there is no Chromium" in capsys.readouterr().err
        return
    assert page.main(["right.html", "--pictures", "seen"]) == 0
    assert capsys.readouterr().out == "0 faults\n"
    assert len([*Path("seen").glob("*.png")]) == 2
    assert page.main(["faulty.html"]) == 1
    said = capsys.readouterr().out
    assert f"phone: a request: {image}" in said
    assert "phone: the column 'stuck' does not sort" in said
    assert "pixels wide in a window of 390" in said
    assert "desktop: 1 texts are smaller than 11 pixels" in said
    assert "an error in the console" in said


def test_without_a_browser_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHROMIUM", "no-such-browser")
    assert page.main(["right.html"]) == 2
    said = "tools.page: there is no Chromium: apt install chromium, or CHROMIUM=/path/to/it\n"
    assert capsys.readouterr().err == said
