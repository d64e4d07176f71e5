"""docs/zoo: a page for every spec that has results: what it says, where time went, what it reached.

python -m benchmarks.zoo_pages

docs/zoo/NAME.csv holds the runs, a row an epoch: the columns of metrics.csv behind those that tell
runs apart (seed, schedule, …), as far as there are any. NAME_conversion.csv holds what conversions
reached, benchmarks/zoo_notes.toml what there is to say. Pictures are docs/zoo/NAME_*.png.
"""

import csv
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

import snnc
from benchmarks import zoo_conversion
from snnc import project
from snnc.commands import show

ROOT = Path(__file__).parents[1]
ZOO = ROOT / "docs" / "zoo"
NOTE = "<!-- Made by `python -m benchmarks.zoo_pages`. Do not edit. -->"
NOTES = ROOT / "benchmarks" / "zoo_notes.toml"
SHOWN = (1, 2, 10)  # epochs
TRAINED = {"Digits": 1437, "FashionMNIST": 60_000, "MNIST": 8_000}  # samples an epoch
SPEEDS = """\
Seconds are those of training alone, on two CPU cores of which each run had one and which did other
work beside it: they say how long it took, not how fast it is."""
CONVERSION = """\
Accuracy of the SNN after t steps less the ANN's, in points, mean over the ANNs of each dataset.
`initial` is where potentials start: at 0, or at half of the threshold. Below stand all of them."""
SPLITS = ("train", "validation", "val", "test")

Row = dict[str, str]


def main() -> None:
    names = sorted({path.stem.removesuffix("_conversion") for path in ZOO.glob("*.csv")})
    files = {f"{name}.md": page(name) for name in names}
    for file in project.write(project.compare(ZOO, files)):
        print(file.path.name)


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
    model = f"../../specs/{document.spec.name}/model.py"
    yield f"[{spec}](../../{spec}), and [what it becomes]({model})."
    yield fence("toml", path.read_text("utf-8").removeprefix("#:schema snnc.schema.json"))
    yield f"## Where its layers went\n\n    $ snnc show {spec}"
    yield fence("text", show.as_text(snnc.lower(snnc.link(document), document.spec.build.schedule)))
    if rows := read(name):
        yield f"## What it reached\n\n{results(rows)}"
        yield SPEEDS
    if note := notes().get(name):
        yield note.strip()
    if rows := read(f"{name}_conversion"):
        yield f"## As an SNN\n\n{CONVERSION}"
        yield from zoo_conversion.tables(rows)
    if pictures := pictures_of(name):
        yield "## Pictures"
        yield from (f"![{picture.stem}]({picture.name})" for picture in pictures)


def pictures_of(name: str) -> list[Path]:
    """Its pictures, and not those of a network whose name begins like its own."""
    specs = (path.name.removesuffix(".snn.toml") for path in (ROOT / "specs").glob("*.snn.toml"))
    longer = tuple(f"{other}_" for other in specs if other.startswith(f"{name}_"))
    return [p for p in sorted(ZOO.glob(f"{name}_*.png")) if not p.name.startswith(longer)]


def read(name: str) -> list[Row]:
    """The rows of a file of results; none if there is no such file.

    A file without a row has nothing to report. Raises ValueError.
    """
    path = ZOO / f"{name}.csv"
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    if not rows:
        raise ValueError(f"{path.name} has no rows")
    return rows


def notes() -> dict[str, str]:
    """What there is to say of networks, by their names."""
    return tomllib.loads(NOTES.read_text("utf-8"))


def fence(language: str, text: str) -> str:
    return f"```{language}\n{text.strip()}\n```"


def results(rows: Sequence[Row]) -> str:
    """A table of runs: what tells them apart, their epochs, some of its values."""
    metric = next(key for key in rows[0] if split(key)[0] == "test" and split(key)[1] != "loss")
    own = before_epoch(rows[0])
    head = [
        *own,
        "epochs",
        "seconds",
        "images/s",
        *(f"epoch {n}" for n in SHOWN),
        f"best {metric}",
        "last",
    ]
    return zoo_conversion.table(head, [run_of(run, own, metric) for run in runs(rows, own)])


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
    speed = [float(row["images/s"]) for row in rows if row.get("images/s")]
    seconds = sum(TRAINED.get(rows[0].get("data", ""), 0) / images for images in speed)
    at = {int(row["epoch"]): shown(row[metric]) for row in rows}
    cells = [
        str(len(rows)),
        f"{seconds:,.0f}" if seconds else "",
        f"{median(speed):,.0f}" if speed else "",
        *(at.get(n, "") for n in SHOWN),
    ]
    cells += [f"{shown(best[metric])} (epoch {best['epoch']})", shown(rows[-1][metric])]
    return [*(rows[0][key] for key in own), *cells]


def shown(number: str) -> str:
    return f"{float(number):.2%}"


if __name__ == "__main__":
    main()
