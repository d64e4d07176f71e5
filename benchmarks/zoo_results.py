"""Runs of generated training scripts into docs/zoo/NAME.csv, and their pictures beside it.

python -m benchmarks.zoo_results NAME [DATA=]RUN…

A run is the folder that train.py wrote. Its rows are those of its metrics.csv behind what tells it
from the others: the data (the spec's, unless DATA says otherwise), the seed, and the precision of
its products. Pictures are those of the first run. ``benchmarks.zoo_pages`` makes a page of it all.
"""

import argparse
import csv
import shutil
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import snnc
from benchmarks.zoo_pages import ROOT, ZOO

Row = dict[str, str]


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="of the spec in specs/")
    parser.add_argument("runs", nargs="+", metavar="[DATA=]RUN", help="folders of train.py")
    given = parser.parse_args(arguments)
    runs = [named(text, dataset(given.name)) for text in given.runs]
    rows = [row for data, run in runs for row in rows_of(data, run)]
    write(ZOO / f"{given.name}.csv", rows)
    for picture in sorted((runs[0][1] / "pictures").glob("*.png")):
        shutil.copyfile(picture, ZOO / f"{given.name}_{picture.name}")


def named(text: str, usual: str) -> tuple[str, Path]:
    """``DATA=RUN`` or ``RUN`` as the data and the folder."""
    data, _, run = text.rpartition("=")
    return data or usual, Path(run)


def dataset(name: str) -> str:
    """What the spec trains on."""
    train = snnc.load(ROOT / "specs" / f"{name}.snn.toml").spec.train
    return train.dataset.kind if train else ""


def rows_of(data: str, run: Path) -> Iterator[Row]:
    """The epochs of a run, and what it was."""
    settings = tomllib.loads((run / "settings.toml").read_text("utf-8"))
    with (run / "metrics.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield {"data": data, **told(settings), **{key: short(row[key]) for key in row}}


def told(settings: Mapping[str, Any]) -> Row:
    """What tells runs apart."""
    half = "bf16" if settings["run"]["device"] == "cpu" else "fp16"
    precision = half if settings["amp"] else settings["dtype"].replace("float", "fp")
    return {"seed": str(settings["seed"]), "products": precision}


def short(number: str) -> str:
    """Six digits are enough to read, and keep differences small."""
    return f"{float(number):.6g}"


def write(path: Path, rows: Sequence[Row]) -> None:
    """Columns of all rows, in order; what a row has not is empty."""
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = dict.fromkeys(key for row in rows for key in row)
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(columns), restval="", lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


if __name__ == "__main__":
    main()
