"""benchmarks/zoo_pages.py: a page of the zoo from its spec, its results and its pictures."""

from pathlib import Path

import pytest

from benchmarks import zoo_pages

RESULTS = """\
seed,epoch,train/loss,train/accuracy,test/loss,test/accuracy
0,1,0.5,0.5,0.5,0.7
0,2,0.4,0.6,0.4,0.9
0,3,0.4,0.6,0.4,0.85
1,1,0.5,0.5,0.5,0.8
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(zoo_pages, "ZOO", tmp_path)
    return tmp_path


def test_a_page_has_spec_program_results_and_pictures(folder: Path) -> None:
    (folder / "digits_conv.csv").write_text(RESULTS)
    (folder / "digits_conv_curves.png").write_bytes(b"")
    page = zoo_pages.page("digits_conv")
    assert page.startswith(f"{zoo_pages.NOTE}\n\n# digits_conv\n")
    assert 'name = "digits_conv"\n' in page
    assert "before time: computed once" in page
    table = page.partition("## What it reached\n\n")[2].partition("\n\n")[0]
    assert table.splitlines() == [
        "| seed | epochs | test/accuracy best | at epoch | test/accuracy last |",
        "| --- | --- | --- | --- | --- |",
        "| 0 | 3 | 90.00% | 2 | 85.00% |",
        "| 1 | 1 | 80.00% | 1 | 80.00% |",
    ]
    assert "![digits_conv_curves](digits_conv_curves.png)" in page


def test_columns_may_be_named_with_an_underscore(folder: Path) -> None:
    text = RESULTS.replace("/", "_").replace("seed,", "").replace("\n0,", "\n")
    (folder / "digits_conv.csv").write_text(text.rpartition("1,1")[0])
    assert "| 3 | 90.00% | 2 | 85.00% |" in zoo_pages.page("digits_conv")


def test_a_file_without_rows_is_refused(folder: Path) -> None:
    (folder / "digits_conv.csv").write_text(RESULTS.splitlines()[0])
    with pytest.raises(ValueError, match="no rows"):
        zoo_pages.page("digits_conv")
