"""``make matrix``: every kind of every catalogue, trained, evaluated, resumed and drawn.

    python -m tests.matrix                      every cell: half an hour
    python -m tests.matrix --short --part 1/4   a quarter of what ``make test`` does
    python -m tests.matrix LIF AvgPool2d        the rows whose titles have one of these words

The backend is ``torch`` in the short form, and what SNNC_BACKEND says otherwise.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from tests.matrix.added import add
from tests.matrix.cells import carried_out
from tests.matrix.rows import candidates, rows

COMPILE_EVERY = 12
"""Of so many rows one is compiled: that takes as long as all the others together."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 1 if a cell does not hold."""
    given = command_line().parse_args(arguments)
    if given.short:
        os.environ["SNNC_BACKEND"] = "torch"
    if given.add:
        add(given.add)
    part, parts = map(int, given.part.split("/"))
    chosen = [c for c in candidates() if not given.words or words(c.title) & {*given.words}]
    mine = [*islice(chosen, part - 1, None, parts)]
    found, failed, began = 0, [], time.monotonic()
    every = 0 if given.short else COMPILE_EVERY
    for cell in carried_out(rows(mine), not given.short, every):
        found += 1
        if cell.said:
            failed.append(cell)
            print(f"{cell.row}, {cell.column}: {cell.said}", flush=True)
    seconds = time.monotonic() - began
    print(f"{found} cells of {len(mine)} rows, {len(failed)} do not hold, {seconds:.0f} s")
    if given.json:
        given.json.write_text(json.dumps({"cells": found, "failed": [*map(vars, failed)]}))
    return bool(failed or not found)


def words(title: str) -> set[str]:
    return {title, *title.split()}


def command_line() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.matrix", description=__doc__)
    parser.add_argument("words", nargs="*", help="of the titles of rows; default: all rows")
    parser.add_argument("--short", action="store_true", help="each kind once, nothing compiled")
    parser.add_argument("--part", default="1/1", help="such as 2/4: every fourth row")
    parser.add_argument("--add", type=Path, metavar="DIR", help="kinds of one's own: DIR/layers/…")
    parser.add_argument("--json", type=Path, help="a file for what was found")
    return parser


if __name__ == "__main__":
    sys.exit(main())
