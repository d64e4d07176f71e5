"""``snnc lint --add-ignore``: a comment for each warning that is to stay as it is."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from snnc import project, terminal
from snnc.commands.findings import told
from snnc.fixes import edited
from snnc.fixes.comments import ignoring
from snnc.fixing.texts import Texts
from snnc.options import LintOptions
from snnc.source.diagnostic import Diagnostic, Place
from snnc.source.reading import one_line_end, unsaved

Look = Callable[[Sequence[Path]], Sequence[Diagnostic]]


def add(options: LintOptions, specs: Sequence[Path], look: Look) -> int:
    """Writes the comments into the specs of the run; the exit code."""
    found = terminal.or_report(lambda: look(specs), options.output_format)
    texts, count = Texts.of(specs), 0
    for real, rows in _rows(texts, found).items():
        edits = [ignoring(place, names) for place, names in rows]
        texts.put(real, edited(texts.now[real], edits))
        count += sum(len(names) for _, names in rows)
    with unsaved(texts.now):
        left = look(specs)
    project.replace({path: new for path, (_, new) in texts.changed().items()})
    code = told(options, left, specs)
    terminal.remark(f"{terminal.plural(count, 'rule')} ignored by a comment")
    return code


def _rows(texts: Texts, found: Sequence[Diagnostic]) -> dict[Path, list[tuple[Place, list[str]]]]:
    """The first finding of each line, with the names of all, by file."""
    lines: dict[tuple[Path, int], tuple[Place, list[str]]] = {}
    for finding in _answerable(texts, found):
        key = texts.real(finding.place.path), finding.place.start.line
        names = lines.setdefault(key, (finding.place, []))[1]
        if finding.name not in names:
            names.append(finding.name)
    rows: dict[Path, list[tuple[Place, list[str]]]] = {}
    for (real, _), row in lines.items():
        rows.setdefault(real, []).append(row)
    return rows


def _answerable(texts: Texts, found: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """The findings that a comment can answer, in files of the run."""
    for each in found:
        text = texts.now.get(texts.real(each.place.path))
        known = text is not None and one_line_end(text) == each.place.text
        if known and each.of_rule:
            yield each
