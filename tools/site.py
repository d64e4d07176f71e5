"""``make site``: the documentation as a site to read and to search, in build/site/html.

    python -m tools.site [--repository https://…/blob/main] [--without-notebooks]

The pages are those of docs/ and a few of the repository, in the order of docs/README.md. Links to
files that are no page lead to ``--repository``; without it, they become plain text. The notebooks
of docs/tutorials are run from nothing. A warning, such as a link that leads nowhere, fails.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.notebooks import run

ROOT = Path(__file__).parents[1]
OUT = ROOT / "build" / "site"
INDEX = "docs/README.md"
MORE = {
    "README.md": "index.md",
    INDEX: "pages.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "benchmarks/README.md": "benchmarks.md",
}
"""Pages that are no file of docs/ under its own name, and where they stand on the site."""
LINK = re.compile(r"(?P<image>!?)\[(?P<text>[^\]\n]*)\]\((?P<path>[^)#\s]*)(?P<anchor>#[^)\s]*)?\)")
SECTION = re.compile(r"^## (?P<title>.*)\n(?P<body>(?:(?!^## ).*\n?)*)", re.MULTILINE)


def places() -> dict[str, str]:
    """Every page and picture of the repository that the site has, and where it stands there."""
    own = [path for path in (ROOT / "docs").rglob("*") if path.is_file()]
    names = sorted(path.relative_to(ROOT).as_posix() for path in own)
    found = {name: name.removeprefix("docs/") for name in names}
    notebooks = {name: f"{place[:-6]}.md" for name, place in found.items() if is_notebook(name)}
    return {**found, **notebooks, **MORE}


def is_notebook(name: str) -> bool:
    return name.endswith(".ipynb")


def linked(text: str, name: str, stand: Mapping[str, str], repository: str) -> str:
    """The text of the page ``name`` with its links as they have to be on the site."""
    here = Path(stand[name]).parent

    def moved(found: re.Match[str]) -> str:
        path, text = found["path"], found["text"]
        if not path or "://" in path or path.startswith("mailto:"):
            return found[0]
        target = os.path.normpath(Path(name).parent / path).replace(os.sep, "/")
        if target in stand:
            to = os.path.relpath(stand[target], here).replace(os.sep, "/")
            return f"{found['image']}[{text}]({to}{found['anchor'] or ''})"
        return f"[{text}]({repository.rstrip('/')}/{target})" if repository else text

    return LINK.sub(moved, text)


def navigation(index: str, stand: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The pages by the sections of the index, under the words that link to them there."""
    yield {"snnc": "index.md"}
    for section in SECTION.finditer(index):
        found = []
        for link in LINK.finditer(section["body"]):
            target = os.path.normpath(Path("docs") / link["path"]).replace(os.sep, "/")
            if target in stand and stand[target] != "index.md":
                found.append({link["text"]: stand[target]})
        yield {section["title"]: found}


def settings(index: str, stand: Mapping[str, str]) -> str:
    """The configuration of the site, with its navigation."""
    base = (ROOT / "docs" / "site.toml").read_text("utf-8")
    return base.replace("nav = []", f"nav = {inline([*navigation(index, stand)])}")


def inline(value: Any) -> str:
    """A list of tables in TOML, on one line."""
    if isinstance(value, list):
        return f"[{', '.join(map(inline, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{inline(k)} = {inline(v)}' for k, v in value.items())} }}"
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def gather(folder: Path, repository: str, notebooks: bool) -> None:
    """Every page and picture, into an empty folder."""
    stand = places()
    for name, place in stand.items():
        to = folder / place
        to.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".md"):
            to.write_text(linked((ROOT / name).read_text("utf-8"), name, stand, repository))
        elif is_notebook(name):
            text = run(ROOT / name, to.parent) if notebooks else f"# {Path(name).stem}\n"
            page = linked(text, name, stand, repository)
            to.write_text(f"{page}\n[This page as a notebook]({Path(name).name})\n", "utf-8")
            shutil.copyfile(ROOT / name, to.with_name(Path(name).name))
        elif name != "docs/site.toml":
            shutil.copyfile(ROOT / name, to)


def main(arguments: list[str] | None = None) -> int:
    """Exit code 1 if a notebook fails, or the site has a warning."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tools.site")
    parser.add_argument("--repository", default="", help="where files are shown: https://…/main")
    parser.add_argument("--without-notebooks", action="store_true", help="only their titles")
    given = parser.parse_args(arguments)
    shutil.rmtree(OUT, ignore_errors=True)
    gather(OUT / "pages", given.repository, not given.without_notebooks)
    index = (ROOT / INDEX).read_text("utf-8")
    (OUT / "zensical.toml").write_text(settings(index, places()), "utf-8")
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--config-file"]
    return subprocess.run([*command, OUT / "zensical.toml"], cwd=OUT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
