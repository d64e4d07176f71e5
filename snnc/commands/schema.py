"""``snnc schema``: the JSON Schemas of specs and of the configuration, for editors."""

import sys
from pathlib import Path
from types import ModuleType

from snnc import project, terminal
from snnc.commands.replaceable import replaceable
from snnc.escape import word


def schema(out: Path | None, check: bool, configuration: bool) -> int:
    """Prints or writes a schema, or compares a file with it; the exit code."""
    if check and out is None:
        raise terminal.UsageError("--check goes with -o: name the file")
    editors = _schemas(configuration)
    if out is None:
        sys.stdout.write(editors.text())
        return 0
    return _file(out, check, editors, " --configuration" * configuration)


def _schemas(configuration: bool) -> ModuleType:
    """The module that has the schema, imported if it is asked for."""
    if configuration:
        from snnc import configuration_schema

        return configuration_schema
    from snnc import schema as of_specs

    return of_specs


def _file(out: Path, check: bool, editors: ModuleType, option: str) -> int:
    what = "schema of the configuration" if option else "schema of specs"
    files = replaceable(out, editors.text(), editors.is_ours, what)
    if check and files[0].have != files[0].want:
        state = "out of date" if files[0].have is not None else "missing"
        terminal.say(f"{out}: {state}: run snnc schema{option} -o {word(str(out))}")
        return 1
    if not check:
        project.write(files)
    return 0
