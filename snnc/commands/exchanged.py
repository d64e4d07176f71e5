"""Parts that commands of exchange share: names of files, extras, and writing without surprise."""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from pydantic_core import PydanticCustomError

from snnc import names, project, terminal
from snnc.exchange import Refused
from snnc.source.reading import SUFFIX


def needs(extra: str, what: str, packages: Sequence[str]) -> None:
    """Check that the packages of an extra are installed. Raises UsageError."""
    missing = [package for package in packages if find_spec(package) is None]
    if missing:
        raise terminal.UsageError(f"{what} needs {missing[0]}: pip install 'snnc[{extra}]'")


def target(out: Path) -> Path:
    """The path of a spec to write, without its suffix. Raises UsageError."""
    bare = out.with_name(out.name.removesuffix(SUFFIX))
    try:
        names.network(bare.name)
    except PydanticCustomError as error:
        raise terminal.UsageError(
            f"a network cannot be named {bare.name}, it {error.message()}: give a name with -o"
        ) from error
    if bare.is_dir() and not bare.with_name(bare.name + SUFFIX).exists():
        raise terminal.UsageError(f"{bare} is a folder: name the files, such as -o {bare}/net")
    return bare


def refused(why: Refused, before: str = "") -> int:
    """Prints the reasons that something cannot be said; exit code 1."""
    for reason in why.reasons:
        terminal.say(f"{before}{reason}")
    if why.help:
        terminal.say(why.help)
    return 1


def written(contents: Mapping[Path, bytes], what: str, force: bool) -> int:
    """Writes, unless something else is there already; exit code 1 then."""
    other = [path for path, content in contents.items() if project.differs(path, content)]
    if other and not force:
        terminal.say(
            f"{other[0]}: exists with other content: move it, or add --force to replace it"
        )
        return 1
    project.replace(contents)
    terminal.say(f"{' and '.join(map(str, contents))}: {what}")
    return 0
