"""``--watch``: a command again at every change of a spec or of the configuration.

Files are asked for the time of their last change twice a second: that works on every file system,
over a network too.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from snnc import discovery, terminal
from snnc.source.diagnostic import Findings
from snnc.source.reading import CONFIGURATION, PYPROJECT, SUFFIX, project

PAUSE = 0.5
"""Seconds."""
_Seen = dict[Path, tuple[int, int]]


def watch(paths: Sequence[Path], command: Callable[[], int]) -> int:
    """Runs a command now and at every change, until Ctrl-C; the exit code of its last run."""
    return again(command, changes(paths))


def again(command: Callable[[], int], changed: Iterable[Sequence[Path]]) -> int:
    """Runs a command now and for each set of changed files; its last exit code."""
    code = _once(command)
    try:
        for files in changed:
            terminal.remark("")
            terminal.remark(f"changed: {', '.join(sorted(str(file) for file in files))}")
            code = _once(command)
    except KeyboardInterrupt:
        terminal.remark("")
    return code


def _once(command: Callable[[], int]) -> int:
    """The exit code; what keeps a command from running now may be mended by the next change."""
    try:
        return command()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except (terminal.UsageError, OSError) as error:
        terminal.say(f"snnc: {error}")
        return 2


def changes(paths: Sequence[Path], pause: float = PAUSE) -> Iterator[list[Path]]:
    """The files that changed, appeared or went, each time that some did."""
    seen = _seen(paths)
    while True:
        time.sleep(pause)
        now = _seen(paths)
        if found := [file for file in {**seen, **now} if seen.get(file) != now.get(file)]:
            yield found
        seen = now


def _seen(paths: Sequence[Path]) -> _Seen:
    """The specs and configurations of the projects, with times and sizes."""
    roots = {project(path / "x" if path.is_dir() else path) for path in terminal.given(paths)}
    files = {Path(os.path.relpath(file)) for root in roots for file in _files(root)}
    found: _Seen = {}
    for file in files | {path for path in paths if path.is_file()}:
        try:
            stat = file.stat()
        except OSError:
            continue
        found[file] = stat.st_mtime_ns, stat.st_size
    return found


def _files(root: Path) -> list[Path]:
    def wanted(name: str) -> bool:
        return name.endswith(SUFFIX) or name in (CONFIGURATION, PYPROJECT)

    try:
        return [*discovery.files(root, wanted)]
    except Findings:  # a wrong configuration is told by the command, and watched for its correction
        return [root / CONFIGURATION, root / PYPROJECT, *root.glob(f"*{SUFFIX}")]
