"""docs/reference: a page for every folder of kinds, rules, passes and errors.

python -m snnc.reference_pages docs/reference
"""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from snnc import project
from snnc.codes import errors
from snnc.commands.explain import SORTS, numbers, said
from snnc.describe import Description, describe
from snnc.docstrings import docstring
from snnc.kinds import catalog
from snnc.passes import PIPELINE, SCHEDULES
from snnc.rules import LintRule, rules
from snnc.rules._text import sections

_RULES = """\
Rules find suspicious constructs in valid specs. `# snnc: ignore[NAME]` on a line silences a rule
there. A warning makes `snnc lint` exit with 1, an info does not. "Fix" says whether an edit of the
spec follows from the finding, and what else it changes. `snnc lint` itself edits nothing."""
_QUOTED = re.compile(r"(?<!`)``(?!`)(.+?)``", re.DOTALL)
_NOTE = "<!-- Made by `make docs` from the docstrings in snnc/. Do not edit. -->"
_LAYER = (
    "Every layer also accepts `name` and `from`. `from` names the layer or layers that it reads, "
    "in place of the layer above."
)
_HEADS = {"layers": _LAYER, "neurons": f"{_LAYER} `initial` sets the start value of a state."}
_IN_TIME = """\
This table describes each kind with its default fields.

- **Over time.** `each step`: it treats each time step on its own. `step index`: it depends on the
  index of the time step. `state`: it runs the time steps in order. `all steps`: it needs all time
  steps at once.
- **In training mode.** The column lists what differs from eval mode.
- **Static input.** The column says how often it runs if its input never changes over time."""
_COLUMNS = "| kind | over time | algebra | in training mode | static input |"


def pages() -> Mapping[str, str]:
    """The text of every page by its file name."""
    made = {f"{folder}.md": _kinds(folder, sort) for folder, sort in SORTS.items()}
    return {**made, "rules.md": _rules(), "passes.md": _passes(), "errors.md": _errors()}


def _kinds(folder: str, sort: str) -> str:
    described = [describe(kind) for kind in catalog(f"snnc.{folder}").values()]
    about = f"`snnc explain NAME` prints the same text. Each {sort} is a file in `snnc/{folder}/`."
    sections = (part for said in described for part in _kind(said))
    return _page(folder, about, _HEADS.get(folder, ""), *_in_time(described), *sections)


def _in_time(described: Sequence[Description]) -> Iterator[str]:
    """A table of the behaviour over time, if these are operators."""
    rows = [said for said in described if said.behaviour]
    if len({said.cells for said in rows}) <= 1:
        yield from (f"Every kind on this page {said.behaviour}." for said in rows[:1])
        return
    yield _IN_TIME
    lines = (f"| [{s.name}](#{s.name.lower()}) | {' | '.join(s.cells)} |" for s in rows)
    yield "\n".join([_COLUMNS, "|---|---|---|---|---|", *lines])


def _kind(said: Description) -> Iterator[str]:
    yield f"## {said.name}"
    yield _markdown(said.doc)
    if said.code:
        yield _code("python", said.code)
    yield "\n".join(said.notes)
    if said.example:
        yield _code("toml", said.example)
    if said.fields:
        rows = (
            f"| `{row.key}` | {_cell(row.type)} | {_cell(row.default)} |" for row in said.fields
        )
        yield "\n".join(["| field | accepts | default |", "|---|---|---|", *rows])
    if found := numbers(said):
        yield f"`{found}`"
    yield "\n".join(f"- {line}" for line in said.options)


def _rules() -> str:
    every = [part for rule in rules() for part in _rule(rule)]
    return _page("rules", _RULES, "\n".join(map(_line, rules())), *every)


def _line(rule: LintRule) -> str:
    """A rule as one item of a list: what it finds."""
    head = _markdown(sections(type(rule))[""]).replace("\n", " ")
    return f"- [{rule.name}](#{rule.name}-{rule.code.lower()}): {head}"


def _rule(rule: LintRule) -> Iterator[str]:
    yield f"## {rule.name} ({rule.code})"
    opt_in = "; it runs only if it is selected" * rule.opt_in
    yield f"Severity: {rule.severity}{opt_in}."
    for heading, text in sections(type(rule)).items():
        yield f"### {heading}" * bool(heading)
        yield _markdown(text)


def _errors() -> str:
    sections: list[str] = []
    for error in errors():
        sections += [f"## {error.code} {error.name}", _markdown(error.doc)]
        if error.example:
            sections += [_code("toml", error.example), _code("text", said(error))]
    return _page(
        "errors",
        "Each error has a code, an explanation, and a spec that causes it, if a spec can.",
        *sections,
    )


def _passes() -> str:
    sections: list[str] = []
    for step in PIPELINE:
        module = docstring(sys.modules[type(step).__module__])
        schedules = " and ".join(f'`"{n}"`' for n, steps in SCHEDULES.items() if step in steps)
        sections += [f"## {step.name}", _markdown(module), _markdown(docstring(type(step)))]
        after = f"`snnc show --after {step.name}` prints the program after it."
        sections += [f"It is part of the schedule {schedules}. {after}"]
    return _page("passes", "The passes rewrite a program in this order.", *sections)


def _page(title: str, *parts: str) -> str:
    return "\n\n".join(part for part in (f"# {title}", _NOTE, *parts) if part) + "\n"


def _markdown(doc: str) -> str:
    return _QUOTED.sub(r"`\1`", doc)


def _code(language: str, text: str) -> str:
    return f"```{language}\n{text.strip(chr(10))}\n```"


def _cell(text: str) -> str:
    return f"`{text}`" if text and text != "required" else text


if __name__ == "__main__":
    project.write(project.compare(Path(sys.argv[1]), pages()))
