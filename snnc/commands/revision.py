"""A spec as it was at a revision of its repository, in a folder of its own for a while."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from snnc import terminal
from snnc.source.reading import SUFFIX

_LONGEST = 30
"""Seconds that git may take."""


@contextmanager
def checked_out(spec: Path, revision: str) -> Iterator[Path]:
    """The path of the spec in a copy of all specs of that revision. Raises UsageError."""
    folder = spec.resolve().parent
    root = Path(_git(folder, "rev-parse", "--show-toplevel").strip())
    question = f"{revision}^{{commit}}"
    commit = _git(root, "rev-parse", "--verify", "--end-of-options", question).strip()
    inside = spec.resolve().relative_to(root.resolve()).as_posix()
    listed = _git(root, "ls-tree", "-r", "-z", "--name-only", commit).split("\0")
    names = [name for name in listed if name.endswith(SUFFIX)]
    if inside not in names:
        raise terminal.UsageError(f"{spec}: there is no such file at {revision}")
    with tempfile.TemporaryDirectory(prefix="snnc-") as name:
        copy = Path(name).resolve()
        (copy / ".git").mkdir()  # where bases end: at the root of a repository
        for each in names:
            _written(copy / each, _git(root, "show", f"{commit}:{each}"))
        yield copy / inside


def _written(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="")


def _git(folder: Path, *arguments: str) -> str:
    """The output of git, in UTF-8. Raises UsageError with its first line if it refuses."""
    command = ["git", "-C", str(folder), *arguments]
    try:
        ran = subprocess.run(command, capture_output=True, check=True, timeout=_LONGEST)
        return ran.stdout.decode()
    except FileNotFoundError:
        raise terminal.UsageError("--against needs git, which is not installed") from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().partition("\n")[0]
        raise terminal.UsageError(f"--against: git says: {said}") from error
    except (subprocess.TimeoutExpired, UnicodeDecodeError) as error:
        raise terminal.UsageError(f"--against: {error}") from error
