"""Opens report pages in Chromium and checks them: ``make page``, or with FILES=… those.

    python -m tools.page                      # the page of a small run, which is trained for it
    python -m tools.page report.html …        # these pages
    python -m tools.page --pictures DIR …     # keeps what was seen, as PNG

No console error, no request, tables that sort, no sideways scrolling on a phone, less than 2 MB.
"""

import argparse
import base64
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.chromium import Browser, browser, found

ROOT = Path(__file__).parents[1]
MOST = 2_000_000
WIDTHS = {"desktop": 1280, "phone": 390}
SORTED = """
(() => {
  const wrong = [];
  const value = (row, at) => {
    const cell = row.cells[at];
    return "value" in cell.dataset ? Number(cell.dataset.value) : cell.textContent;
  };
  const fits = (a, b, falls) => {
    if (a === "" || b === "") return b === "" || a !== "";
    const sign = typeof a === "number" && typeof b === "number"
      ? a - b : String(a).localeCompare(String(b), undefined, { numeric: true });
    return (falls ? -sign : sign) <= 0;
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    for (const head of table.tHead.rows[0].cells) {
      for (let click = 0; click < 2; click++) {
        head.querySelector("button").click();
        const falls = head.ariaSort === "descending";
        const rows = [...table.tBodies[0].rows].map((row) => value(row, head.cellIndex));
        const right = rows.every((v, i) => i === 0 || fits(rows[i - 1], v, falls));
        if (!right || !head.ariaSort) wrong.push(head.textContent);
      }
    }
  }
  return wrong;
})()
"""
WIDE = "document.documentElement.scrollWidth"
SMALL = """
[...document.querySelectorAll("body *")].filter((e) => e.childElementCount === 0
  && e.textContent.trim() && parseFloat(getComputedStyle(e).fontSize) < 11).length
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Prints what is wrong; returns 1 if anything is, 2 without a browser."""
    parser = argparse.ArgumentParser(prog="python -m tools.page", description=__doc__)
    parser.add_argument("pages", type=Path, nargs="*", metavar="FILE")
    parser.add_argument("--pictures", type=Path, metavar="DIR")
    options = parser.parse_args(argv)
    program = found()
    if program is None:
        said = "there is no Chromium: apt install chromium, or CHROMIUM=/path/to/it"
        print(f"tools.page: {said}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder, browser(program) as window:
        pages = options.pages or [small(Path(folder))]
        wrong = [fault for page in pages for fault in faults(window, page, options.pictures)]
    for fault in wrong:
        print(fault)
    print(f"{len(pages)} pages, {len(wrong)} faults" if len(pages) > 1 else f"{len(wrong)} faults")
    return int(bool(wrong))


def small(folder: Path) -> Path:
    """The page of a run on a few digits."""
    flags = ["--epochs", "1", "--limit", "100", "--device", "cpu", "--loggers", "csv"]
    for script, more in (
        ("train", [*flags, "--out-dir", str(folder)]),
        ("evaluate", [str(folder)]),
    ):
        command = [sys.executable, "-m", f"digits_conv.{script}", *more]
        subprocess.run(command, cwd=ROOT / "specs", check=True, stdout=subprocess.DEVNULL)
    return folder / "evaluation/report.html"


def faults(window: Browser, page: Path, pictures: Path | None) -> Iterator[str]:
    """What is wrong with a page, a sentence each."""
    size, url = page.stat().st_size, page.resolve().as_uri()
    if size >= MOST:
        yield f"{page}: {size:,} bytes, {MOST:,} are the most"
    for name, width in WIDTHS.items():
        window.open(url, width)
        if pictures:
            pictures.mkdir(parents=True, exist_ok=True)
            picture = pictures / f"{page.parent.name}_{page.stem}_{name}.png"
            picture.write_bytes(base64.b64decode(window.picture()))
        for column in window.value(SORTED):
            yield f"{page}: {name}: the column {column!r} does not sort"
        if (wide := window.value(WIDE)) > width:
            yield f"{page}: {name}: {wide} pixels wide in a window of {width}"
        if count := window.value(SMALL):
            yield f"{page}: {name}: {count} texts are smaller than 11 pixels"
        yield from (f"{page}: {name}: {said}" for said in heard(window, url))


def heard(window: Browser, url: str) -> Iterator[str]:
    """Errors of the console, and requests that leave the file."""
    for event in window.events:
        told = event.get("params", {})
        if event["method"] == "Runtime.exceptionThrown":
            yield f"an exception: {told['exceptionDetails']['text']}"
        elif event["method"] == "Runtime.consoleAPICalled" and told["type"] == "error":
            yield f"an error in the console: {told['args']}"
        elif event["method"] == "Log.entryAdded" and told["entry"]["level"] in ("error", "warning"):
            yield f"an error in the log: {told['entry']['text']}"
        elif event["method"] == "Network.requestWillBeSent":
            asked = told["request"]["url"]
            if asked != url and not asked.startswith("data:"):
                yield f"a request: {asked}"


if __name__ == "__main__":
    sys.exit(main())
