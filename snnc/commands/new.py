"""``snnc new``: the files of a fresh project, as a spec of the zoo and what belongs around it."""

import re
from collections.abc import Mapping
from pathlib import Path

from pydantic_core import PydanticCustomError

from snnc import names, project, schema, terminal, zoo
from snnc.emit.environment import environment
from snnc.source.nearest import nearest, one_of
from snnc.source.reading import SUFFIX
from snnc.source.source import Source

_TEMPLATES = {
    "README.md": "README.md",
    ".gitattributes": "gitattributes",
    ".gitignore": "gitignore",
    ".pre-commit-config.yaml": "pre-commit-config.yaml",
    ".github/workflows/snnc.yml": "workflow.yml",
}


def start(name: str, base: str) -> Path:
    """Writes the project NAME/ below the current folder. Raises UsageError, OSError."""
    _check_name(name)
    folder = Path(name)
    files = project.compare(folder, files_of(name, _entry(base)))
    if folder.is_symlink():
        raise terminal.UsageError(f"{folder}: is a symlink, and `snnc new` follows none")
    if there := [file.path for file in files if file.have is not None or file.obstacle]:
        raise terminal.UsageError(f"{there[0]}: exists already, and `snnc new` replaces nothing")
    project.write(files)
    return folder


def listing() -> str:
    """Every spec of the zoo, a line each."""
    entries = [zoo.ZooEntry(name) for name in zoo.names()]
    width = max(len(entry.name) for entry in entries)
    return "".join(f"{entry.name:<{width}}  {entry.summary}\n" for entry in entries)


def files_of(name: str, entry: zoo.ZooEntry) -> Mapping[str, str]:
    """Text by path, with copies of the specs that ``entry`` extends. Raises UsageError."""
    spec, *bases = entry.chain
    main = f"{name}{SUFFIX}"
    copies = {Path(base.path).name: base.text for base in bases}
    if main in copies:
        base = f"{entry.name} extends {main}"
        raise terminal.UsageError(f"{name}: {base}, which has the same name: choose another name")
    context = {"name": name, "zoo": entry.name, "trained": entry.whole.get("train") is not None}
    templates = environment()
    around = {
        path: templates.get_template(f"new/{template}.jinja").render(context)
        for path, template in _TEMPLATES.items()
    }
    return {main: _renamed(spec, name), **copies, schema.FILE: schema.text(), **around}


def _renamed(spec: Source, name: str) -> str:
    """The same text but for its ``name``; below the line by which editors find the schema."""
    stated = spec.tree.table["name"].place.span
    text = f'{spec.text[: stated.start]}"{name}"{spec.text[stated.end :]}'
    directive = f"#:schema {schema.FILE}\n"
    return text if text.startswith(directive) else f"{directive}\n{text}"


def _check_name(name: str) -> None:
    try:
        names.network(name)
    except PydanticCustomError as error:
        near = _near(name)
        hint = f"; did you mean `{near}`?" if near else ""
        raise terminal.UsageError(f"`{name}` {error.message()}{hint}") from None


def _near(name: str) -> str | None:
    """The name with _ for what no name may have, if that makes it one."""
    near = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")
    try:
        return names.network(near) if near != name else None
    except PydanticCustomError:
        return None


def _entry(name: str) -> zoo.ZooEntry:
    known = zoo.names()
    if name in known:
        return zoo.ZooEntry(name)
    near = nearest(name, known)
    hint = f"did you mean `{near}`?" if near else f"expected {one_of(known, 20)}"
    raise terminal.UsageError(f"there is no spec `{name}` in the zoo: {hint}")
