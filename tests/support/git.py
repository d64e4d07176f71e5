"""Git in a test: nothing of the machine's configuration is used, and none is written."""

import os
import subprocess
from pathlib import Path

SETTINGS = {"user.name": "a", "user.email": "a@b", "commit.gpgsign": "false"}


def git(*arguments: str, at: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Runs git, with its settings on the command line; what hooks print is on stderr."""
    configured = [part for key, value in SETTINGS.items() for part in ("-c", f"{key}={value}")]
    nothing = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    return subprocess.run(
        ["git", *configured, *arguments],
        cwd=at,
        env=os.environ | nothing,
        capture_output=True,
        text=True,
        check=False,
    )


def repository() -> None:
    """Makes the current folder one, on the branch ``main``."""
    assert git("init", "-q", "-b", "main").returncode == 0


def commit() -> subprocess.CompletedProcess[str]:
    """Commits everything that is there."""
    assert git("add", "-A").returncode == 0
    return git("commit", "-qm", "x")
