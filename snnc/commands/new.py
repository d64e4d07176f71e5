"""``snnc new``: the files of a fresh project, as a spec of the zoo and what belongs around it.

In a repository, what git and servers read at its root is added to what is there.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from textwrap import indent

from pydantic_core import PydanticCustomError

from snnc import names, project, schema, terminal, zoo
from snnc.commands.additions import Additions, additions
from snnc.emit.environment import environment
from snnc.emit.runtime import NAME as RUNTIME
from snnc.escape import word
from snnc.source import reading
from snnc.source.nearest import nearest, one_of
from snnc.source.reading import SUFFIX
from snnc.source.source import Source

_INSIDE = {
    "README.md": "README.md",
    ".gitattributes": "gitattributes",
    ".gitignore": "gitignore",
}
_AT_ROOT = {
    ".pre-commit-config.yaml": "pre-commit-config.yaml",
    ".github/workflows/snnc.yml": "workflow.yml",
    "pyproject.toml": "pyproject.toml",
}


_SAMPLES = "samples.py"


def start(
    name: str, base: str | None, template: str | None = None, out: Path | None = None
) -> list[str]:
    """Writes a project into the folder NAME or another one, and says what was done.

    Raises UsageError, OSError.
    """
    _check_name(name)
    if base and template:
        raise terminal.UsageError("--from and --template exclude each other")
    entry = _template(template) if template else _entry(base or "digits_conv")
    folder = out or Path(name)
    root = reading.project(folder / "x")
    inside = root != Path(os.path.realpath(folder))
    files = project.compare(folder, files_of(name, entry, inside))
    if folder.is_symlink():
        raise terminal.UsageError(f"{folder}: is a symlink, and `snnc new` follows none")
    if there := [file.path for file in files if file.have is not None or file.obstacle]:
        raise terminal.UsageError(f"{there[0]}: exists already, and `snnc new` replaces nothing")
    around = _around(root, folder, name) if inside else Additions()
    project.write(files)
    project.replace({root / path: text.encode() for path, text in around.texts.items()})
    return [*_said(root, around), _next(folder, name)]


def _said(root: Path, around: Additions) -> list[str]:
    changed = [
        f"{os.path.relpath(root / path)}: hooks, checks or excludes" for path in around.texts
    ]
    return [*changed, *(f"left to do: {sentence}" for sentence in around.left)]


def _next(folder: Path, name: str) -> str:
    enter = word(str(folder))
    return f"{folder}: a new project; next: cd {enter} && snnc build {name}{SUFFIX}"


def _around(root: Path, folder: Path, name: str) -> Additions:
    """Files at the root of a repository."""
    place = PurePosixPath(os.path.relpath(os.path.realpath(folder), root))
    made = {path: _rendered(template, name=name) for path, template in _AT_ROOT.items()}
    packages = [f"{place / package}" for package in (name, RUNTIME)]
    return additions(root, made, _hooks(), packages)


def listing() -> str:
    """Every template and every spec of the zoo, a line each."""
    tasks = [zoo.ZooEntry(name, zoo.tasks()) for name in zoo.names(zoo.tasks())]
    entries = [zoo.ZooEntry(name) for name in zoo.names()]
    width = max(len(entry.name) for entry in [*tasks, *entries])
    lines = [[f"  {e.name:<{width}}  {e.summary}\n" for e in part] for part in (tasks, entries)]
    return f"--template\n{''.join(lines[0])}--from\n{''.join(lines[1])}"


def files_of(name: str, entry: zoo.ZooEntry, inside: bool = False) -> Mapping[str, str]:
    """Text by path, with copies of the specs that ``entry`` extends. Raises UsageError.

    ``inside`` a repository, what belongs to its root is left out.
    """
    spec, *bases = entry.chain
    main = f"{name}{SUFFIX}"
    copies = {Path(base.path).name: _directed(base.text) for base in bases}
    if main in copies:
        base = f"{entry.name} extends {main}"
        raise terminal.UsageError(f"{name}: {base}, which has the same name: choose another name")
    trained = entry.whole.get("train") is not None
    context = {"name": name, "zoo": entry.name, "trained": trained, "inside": inside}
    context |= {"by_task": entry.place is not None, "samples": bool(entry.samples)}
    context |= {"converted": entry.whole.get("convert") is not None}
    own = {_SAMPLES: entry.samples} if entry.samples else {}
    wanted = _INSIDE if inside else {**_INSIDE, **_AT_ROOT}
    around = {path: _rendered(template, **context) for path, template in wanted.items()}
    return {main: _renamed(spec, name), **copies, **own, **around}


def _rendered(template: str, **context: object) -> str:
    hooks = indent(_hooks().rstrip("\n"), "  ")
    found = environment().get_template(f"new/{template}.jinja")
    return found.render({"hooks": hooks, **context})


def _hooks() -> str:
    return environment().get_template("new/hooks.yaml.jinja").render()


def _renamed(spec: Source, name: str) -> str:
    """The same text but for its ``name``; below the line by which editors find the schema."""
    stated = spec.tree.table["name"].place.span
    return _directed(f'{spec.text[: stated.start]}"{name}"{spec.text[stated.end :]}')


def _directed(text: str) -> str:
    """The text of a spec below the line that names the address of the schema.

    A file of the schema is larger than all else in a project, and old after an upgrade.
    """
    first, _, rest = text.partition("\n")
    body = rest.lstrip("\n") if first.startswith("#:schema ") else text
    return f"#:schema {schema.ADDRESS}\n\n{body}"


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
    _known(name, zoo.names(), f"there is no spec `{name}` in the zoo")
    return zoo.ZooEntry(name)


def _template(name: str) -> zoo.ZooEntry:
    _known(name, zoo.names(zoo.tasks()), f"there is no template `{name}`")
    return zoo.ZooEntry(name, zoo.tasks())


def _known(name: str, known: tuple[str, ...], problem: str) -> None:
    if name not in known:
        near = nearest(name, known)
        hint = f"did you mean `{near}`?" if near else f"expected {one_of(known, 20)}"
        raise terminal.UsageError(f"{problem}: {hint}")
