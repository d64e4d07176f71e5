"""The command line of ``python -m NAME.runs``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from .comparing import alike, different, ordered, rows
from .printing import FORMATS
from .reading import STATES, below, read


def main(
    package: str, metric: str, higher: bool, argv: Sequence[str] | None = None
) -> int:
    """Prints the runs; the exit code is 1 if there are none."""
    name = package.rpartition(".")[2]
    options = parser_of(package, name).parse_args(argv)
    places = options.folders or [Path("runs", name)]
    folders = dict.fromkeys(folder for place in places for folder in below(place))
    if not folders:
        where = " and ".join(map(str, places))
        advice = f"train first (python -m {package}.train)"
        print(f"There is no run in {where}: {advice}.", file=sys.stderr)
        return 1
    runs = ordered([read(folder, metric, 1 if higher else -1) for folder in folders])
    apart, shared = different(runs), alike(runs)
    keys = [*apart, *shared] if options.all else apart
    root = places[0] if len(places) == 1 else Path()
    sys.stdout.write(FORMATS[options.format](rows(runs, keys, root)))
    if options.format == "table":
        print(f"{counted(len(runs))} in {' and '.join(map(str, places))}{said(apart)}.")
    for run in runs:
        if run.state == STATES[-1]:
            print(f"{run.folder}: its files cannot be read.", file=sys.stderr)
    return 0


def parser_of(package: str, name: str) -> argparse.ArgumentParser:
    """Every flag."""
    parser = argparse.ArgumentParser(
        prog=f"python -m {package}.runs",
        description=f"Lists the runs of {name}, the best first, and compares their settings.",
    )
    text = f"runs, or folders that have some, however deep (default: runs/{name})"
    parser.add_argument("folders", type=Path, nargs="*", metavar="FOLDER", help=text)
    text = "a table for people, csv or json with all digits (default: table)"
    parser.add_argument("--format", choices=FORMATS, default="table", help=text)
    text = "show all settings, and not only those that differ"
    parser.add_argument("--all", action="store_true", help=text)
    return parser


def counted(number: int) -> str:
    """A number of runs in words."""
    return "1 run" if number == 1 else f"{number} runs"


def said(keys: Sequence[str]) -> str:
    """Whether anything but the place tells runs apart."""
    return "" if keys else "; they do not differ in a setting"
