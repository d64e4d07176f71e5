"""docs/zoo: a page for every spec that has results: what it says, where time went, what it reached.

python -m benchmarks.zoo_pages

docs/zoo/NAME.csv holds the runs, a row an epoch: the columns of metrics.csv behind those that tell
runs apart (seed, schedule, …), as far as there are any. Pictures are docs/zoo/NAME_*.png.
"""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import snnc
from snnc import project, show

ROOT = Path(__file__).parents[1]
ZOO = ROOT / "docs" / "zoo"
NOTE = "<!-- Made by `python -m benchmarks.zoo_pages`. Do not edit. -->"
SPLITS = ("train", "validation", "val", "test")

Row = dict[str, str]


def main() -> None:
    names = sorted(path.stem for path in ZOO.glob("*.csv"))
    files = {f"{name}.md": page(name) for name in names}
    for file in project.write(project.compare(ZOO, files)):
        print(file.path.relative_to(ROOT))


def page(name: str) -> str:
    """The text of one page."""
    return "\n\n".join([NOTE, *sections(name)]) + "\n"


def sections(name: str) -> Iterator[str]:
    path = ROOT / "specs" / f"{name}.snn.toml"
    document = snnc.load(path)
    yield f"# {name}"
    if document.spec.doc:
        yield document.spec.doc
    spec = f"specs/{name}.snn.toml"
    yield f"[{spec}](../../{spec}), and [what it becomes](../../specs/{name}/model.py)."
    yield fence("toml", path.read_text("utf-8").partition("\n\n")[2])
    yield f"## Where its layers went\n\n    $ snnc show {spec}"
    yield fence("text", show.as_text(snnc.lower(snnc.link(document), document.spec.build.schedule)))
    with (ZOO / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        yield f"## What it reached\n\n{results(list(csv.DictReader(file)))}"
    pictures = sorted(ZOO.glob(f"{name}_*.png"))
    if pictures:
        yield "## Pictures"
        yield from (f"![{picture.stem}]({picture.name})" for picture in pictures)


def fence(language: str, text: str) -> str:
    return f"```{language}\n{text.strip()}\n```"


def results(rows: Sequence[Row]) -> str:
    """A table of runs: what tells them apart, their epochs, the best and the last of each metric.

    Without a row there is nothing to report. Raises ValueError.
    """
    if not rows:
        raise ValueError("a file of results has no rows")
    metric = next(key for key in rows[0] if split(key)[0] == "test" and split(key)[1] != "loss")
    own = [key for key in rows[0] if key in before_epoch(rows[0])]
    head = [*own, "epochs", f"{metric} best", "at epoch", f"{metric} last"]
    lines = [head, ["---"] * len(head), *(run_of(run, own, metric) for run in runs(rows, own))]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def before_epoch(row: Row) -> list[str]:
    """The columns that tell runs apart: those that stand before the epoch."""
    keys = list(row)
    return keys[: keys.index("epoch")]


def split(key: str) -> tuple[str, str]:
    """``test/accuracy`` and ``test_accuracy`` as split and measure."""
    name, _, measure = key.replace("/", "_").partition("_")
    return (name, measure) if name in SPLITS else ("", key)


def runs(rows: Sequence[Row], own: Sequence[str]) -> Iterator[list[Row]]:
    """The rows of each run, in the order of the file."""
    found: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row[key] for key in own), []).append(row)
    yield from found.values()


def run_of(rows: Sequence[Row], own: Sequence[str], metric: str) -> list[str]:
    best = max(rows, key=lambda row: float(row[metric]))
    cells = [str(len(rows)), shown(best[metric]), best["epoch"], shown(rows[-1][metric])]
    return [*(rows[0][key] for key in own), *cells]


def shown(number: str) -> str:
    return f"{float(number):.2%}"


if __name__ == "__main__":
    main()
