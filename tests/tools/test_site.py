"""The site: links of its pages, its navigation, and what tutorials show."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tools import notebooks, site

ROOT = Path(__file__).parents[2]
TUTORIALS = sorted((ROOT / "docs/tutorials").glob("*.ipynb"))
STAND = {"docs/a.md": "a.md", "docs/zoo/b.md": "zoo/b.md", "README.md": "index.md"}
FILES = "https://example.org/blob/main/"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[a](../a.md#top)", "[a](../a.md#top)"),
        ("[r](../../README.md)", "[r](../index.md)"),
        ("[here](#top)", "[here](#top)"),
        ("[web](https://example.org/x.md)", "[web](https://example.org/x.md)"),
        ("[f](../../snnc/spec.py)", f"[f]({FILES}snnc/spec.py)"),
    ],
)
def test_links_lead_to_where_pages_stand(text: str, wanted: str) -> None:
    assert site.linked(text, "docs/zoo/b.md", STAND, FILES) == wanted


def test_without_a_repository_a_file_is_its_name() -> None:
    assert site.linked("see [`f`](../snnc/spec.py).", "docs/a.md", STAND, "") == "see `f`."


def test_every_page_is_in_the_navigation() -> None:
    stand = site.places()
    index = (ROOT / site.INDEX).read_text("utf-8")
    found = {place for part in site.navigation(index, stand) for place in flat(part)}
    pages = {place for place in stand.values() if place.endswith(".md")}
    assert pages - found == {"pages.md", "security.md"}


def flat(part: dict[str, Any]) -> list[str]:
    (inside,) = part.values()
    return [inside] if isinstance(inside, str) else [p for each in inside for p in flat(each)]


def test_what_was_printed_is_what_a_terminal_would_show() -> None:
    assert notebooks.settled("\x1b[31mred\x1b[0m\n 10 %\r100 %\r\ndone\n") == "red\n100 %\ndone"


def test_a_command_that_fails_ends_a_notebook_unless_it_should() -> None:
    source = "!snnc lint a\n!snnc lint b"
    fine = "!snnc lint a\nassert _exit_code == 0\n!snnc lint b\nassert _exit_code == 0"
    assert notebooks.checked(source, fails=False) == fine
    assert notebooks.checked(source, fails=True) == f"{fine[:-4]}!= 0"
    assert notebooks.checked("%%writefile a\n!x", fails=False) == "%%writefile a\n!x"


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_tutorials_are_kept_without_results(path: Path) -> None:
    cells = json.loads(path.read_text("utf-8"))["cells"]
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells)


def test_a_notebook_becomes_a_page_with_its_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", os.defpath)  # its commands are still those of this Python
    source = "!python -c 'import sys; print(sys.prefix)'\nimport matplotlib.pyplot as plt\nprint(2)"
    source += "\nplt.plot([1, 2])\nplt.show()"
    cell: dict[str, Any] = {
        "cell_type": "code",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
    cells = [{**cell, "id": "a", "source": source}]
    path = tmp_path / "small.ipynb"
    path.write_text(
        json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    )
    page = notebooks.run(path, tmp_path)
    assert f"```text\n{sys.prefix}\n2\n```" in page
    assert "![output of the cell above](small_0_1.png)" in page
    assert (tmp_path / "small_0_1.png").read_bytes().startswith(b"\x89PNG")
