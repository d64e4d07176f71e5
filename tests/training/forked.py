"""Runs of a training script, each in processes forked from this one.

    python tests/training/forked.py PACKAGE 'PROCESSES FLAG …' 'PROCESSES FLAG …' …

This process has imported everything, so that many short runs take little time. Several processes
find each other as those of torchrun do, by the environment. The exit code is the worst of all.
"""

import importlib
import os
import shlex
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType


def imported(package: Path) -> ModuleType:
    """The training script of a package, without its pictures."""
    sys.path.insert(0, str(package.resolve().parent))
    script = importlib.import_module(f"{package.name}.train")
    importlib.import_module("sklearn.datasets")  # what data.py imports when it is called
    script.visualize.draw = lambda *_: []
    return script


def start(script: ModuleType, argv: Sequence[str], **env: object) -> int:
    """A process that runs the script; returns its number."""
    child = os.fork()
    if child == 0:
        os.environ.update({name: str(value) for name, value in env.items()})
        code = 1
        try:
            code = script.main(argv)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    return child


def team(script: ModuleType, size: int, argv: Sequence[str]) -> list[int]:
    """The exit codes of a run by several processes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    common = {"WORLD_SIZE": size, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    children = [start(script, argv, RANK=i, LOCAL_RANK=i, **common) for i in range(size)]
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def main() -> int:
    """Carries out the runs."""
    script = imported(Path(sys.argv[1]))
    worst = 0
    for line in sys.argv[2:]:
        count, *argv = shlex.split(line)
        worst = max(worst, *team(script, int(count), argv))
    return worst


if __name__ == "__main__":
    sys.exit(main())
