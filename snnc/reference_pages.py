"""docs/reference: a page for every folder of things that can be added, made from what they say.

python -m snnc.reference_pages docs/reference
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from snnc import project
from snnc.describe import Description, describe
from snnc.docstrings import docstring
from snnc.errors import errors
from snnc.explain import SORTS, numbers, said
from snnc.kinds import catalog
from snnc.passes import PIPELINE, SCHEDULES
from snnc.rules import rules

_NOTE = "<!-- Made by `make docs` from the docstrings in snnc/. Do not edit. -->"
_LAYER = "Every layer also takes `name`, and `from`: what it reads, if not the layer above."
_HEADS = {"layers": _LAYER, "neurons": f"{_LAYER} `initial` sets where a state starts."}


def pages() -> Mapping[str, str]:
    """The text of every page by its file name."""
    made = {f"{folder}.md": _kinds(folder, sort) for folder, sort in SORTS.items()}
    return {**made, "rules.md": _rules(), "passes.md": _passes(), "errors.md": _errors()}


def _kinds(folder: str, sort: str) -> str:
    described = [describe(kind) for kind in catalog(f"snnc.{folder}").values()]
    about = (
        f"`snnc explain NAME` prints the same. To add one: a {sort} is a file in `snnc/{folder}/`."
    )
    sections = (part for said in described for part in _kind(said))
    return _page(folder, about, _HEADS.get(folder, ""), *sections)


def _kind(said: Description) -> Iterator[str]:
    yield f"## {said.name}"
    yield _markdown(said.doc)
    if said.code:
        yield _code("python", said.code)
    yield "\n".join(said.notes)
    if said.fields:
        rows = (
            f"| `{row.key}` | {_cell(row.type)} | {_cell(row.default)} |" for row in said.fields
        )
        yield "\n".join(["| field | may be | default |", "|---|---|---|", *rows])
    if found := numbers(said):
        yield f"`{found}`"
    yield "\n".join(f"- {line}" for line in said.behaviour)


def _rules() -> str:
    sections: list[str] = []
    for rule in rules():
        sections += [f"## {rule.name} ({rule.code})", _markdown(docstring(type(rule)))]
        sections += ["It finds something here:", _code("toml", rule.example)]
        sections += ["Instead:", _code("toml", rule.instead)]
    about = (
        "What is legal in a spec but hardly meant. `# snnc: ignore[NAME]` on the line answers one."
    )
    return _page("rules", about, *sections)


def _errors() -> str:
    sections: list[str] = []
    for error in errors():
        sections += [f"## {error.code} {error.name}", _markdown(error.doc)]
        if error.example:
            sections += [_code("toml", error.example), _code("text", said(error))]
    return _page(
        "errors", "What is wrong in a spec, by its code; each with a spec that has it.", *sections
    )


def _passes() -> str:
    sections: list[str] = []
    for step in PIPELINE:
        module = docstring(sys.modules[type(step).__module__])
        schedules = " and ".join(f'`"{n}"`' for n, steps in SCHEDULES.items() if step in steps)
        sections += [f"## {step.name}", _markdown(module), _markdown(docstring(type(step)))]
        after = f"`snnc show --after {step.name}` prints what it leaves."
        sections += [f"Part of the schedule {schedules}. {after}"]
    return _page("passes", "How a program is rewritten, in this order.", *sections)


def _page(title: str, *parts: str) -> str:
    return "\n\n".join(part for part in (f"# {title}", _NOTE, *parts) if part) + "\n"


def _markdown(doc: str) -> str:
    return doc.replace("``", "`")


def _code(language: str, text: str) -> str:
    return f"```{language}\n{text.strip(chr(10))}\n```"


def _cell(text: str) -> str:
    return f"`{text}`" if text and text != "required" else text


if __name__ == "__main__":
    project.write(project.compare(Path(sys.argv[1]), pages()))
