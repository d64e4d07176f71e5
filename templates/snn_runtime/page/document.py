"""The whole page: one file, with its style and script in it."""

from collections.abc import Iterable

from .markup import Markup, escaped, joined

STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --link: #0072b2; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1rem; line-height: 1.45;
  font-family: system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0.5rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2rem 0 0.5rem; border-bottom: 1px solid var(--line); }
p { max-width: 46rem; }
nav { display: flex; flex-wrap: wrap; gap: 0.3rem 1rem; }
nav a { color: var(--link); }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(10rem, 1fr));
  gap: 0.5rem 1rem; margin: 0.8rem 0; }
dl div { background: var(--soft); border-radius: 0.4rem; padding: 0.4rem 0.7rem; }
dt { font-size: 0.8rem; opacity: 0.75; }
dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.9rem; margin: 0.6rem 0; }
caption { text-align: left; padding: 0.3rem 0; font-weight: 600; }
th, td { text-align: left; padding: 0.2rem 0.6rem; border-bottom: 1px solid var(--line);
  vertical-align: top; }
th button { all: unset; cursor: pointer; font-weight: 600; white-space: nowrap; }
th button:focus-visible { outline: 2px solid var(--link); }
th[aria-sort="ascending"] button::after { content: " ▲"; }
th[aria-sort="descending"] button::after { content: " ▼"; }
.sortable td { white-space: nowrap; }
.sortable td:last-child:not(.number) { white-space: normal; min-width: 15rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.matrix td { text-align: right; min-width: 2.4rem; }
.matrix .dark { color: #fff; }
figure { margin: 1rem 0; }
figcaption { font-size: 0.85rem; opacity: 0.75; }
img { max-width: 100%; height: auto; background: #fff; }
pre { overflow-x: auto; background: var(--soft); padding: 0.7rem; font-size: 0.82rem; }
summary { cursor: pointer; }
"""
SCRIPT = """
for (const head of document.querySelectorAll("table.sortable th")) {
  head.firstElementChild.addEventListener("click", () => {
    const body = head.closest("table").tBodies[0];
    const falls = head.ariaSort === "ascending" ||
      (head.ariaSort !== "descending" && head.classList.contains("number"));
    const value = (row) => {
      const cell = row.cells[head.cellIndex];
      return "value" in cell.dataset ? Number(cell.dataset.value) : cell.textContent;
    };
    const compared = (a, b) => typeof a === "number" && typeof b === "number"
      ? a - b : String(a).localeCompare(String(b), undefined, { numeric: true });
    const rows = [...body.rows].sort((one, other) => {
      const [a, b] = [value(one), value(other)];  // cells without a value come last
      return (a === "") - (b === "") || (falls ? -1 : 1) * compared(a, b);
    });
    for (const other of head.parentElement.cells) other.ariaSort = null;
    head.ariaSort = falls ? "descending" : "ascending";
    body.append(...rows);
  });
}
"""
# Nothing may be loaded: what the page shows is in it.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; "
POLICY += "script-src 'unsafe-inline'; img-src data:"


def page(title: str, lead: Markup, sections: Iterable[Markup]) -> str:
    """The text of a page: a title, what matters most, and links to the sections below."""
    parts = list(sections)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="snnc">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<link rel="icon" href="data:,">
<title>{escaped(title)}</title>
<style>{STYLE}</style>
</head>
<body>
<h1>{escaped(title)}</h1>
{lead}
<nav>{links(parts)}</nav>
{joined(parts)}
<script>{SCRIPT}</script>
</body>
</html>
"""


def links(sections: Iterable[Markup]) -> str:
    """A link to each section, by its heading."""
    found = []
    for each in sections:
        name = each.partition('id="')[2].partition('"')[0]
        title = each.partition("<h2>")[2].partition("</h2>")[0]
        found.append(f'<a href="#{name}">{title}</a>')
    return " ".join(found)
