"""A NIR file is first read in a process of its own, which may be stopped: HDF5 can be hostile."""

import os
import resource
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from snnc.exchange import Unusable
from snnc.exchange.nir import reading

SECONDS, PATIENCE = 4, 60
"""Seconds of work, and of waiting for it on a busy machine."""
MEMORY = 3 * 2**30
"""Bytes of address space, the libraries themselves included."""

_CHILD = "import sys; from snnc.exchange.nir.confined import main; sys.exit(main(sys.argv[1]))"
_WRONG = 3


def checked(path: Path) -> reading.FileNode:
    """The graph in a file that could be read within bounds. Raises Unusable, OSError."""
    if path.exists() and not path.is_file():
        raise Unusable(f"{path} is no file")
    path.open("rb").close()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    environment["OPENBLAS_NUM_THREADS"] = "1"  # each thread would take address space
    command = [sys.executable, "-c", _CHILD, str(path)]
    try:
        ran = subprocess.run(
            command, env=environment, capture_output=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        raise _endless(path) from None
    if ran.returncode == _WRONG:
        raise Unusable(ran.stdout.decode(errors="replace"))
    if ran.returncode:
        raise _endless(path)
    return reading.read(path)


def main(path: str) -> int:
    """The child: reads, and prints the reason if it cannot."""
    for limit, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
        with suppress(ValueError, OSError):  # some systems know a limit and refuse to set it
            resource.setrlimit(limit, (most, resource.getrlimit(limit)[1]))
    try:
        reading.read(Path(path))
    except (Unusable, MemoryError) as error:
        sys.stdout.write(str(error) or f"{path}: needs too much memory")
        return _WRONG
    return 0


def _endless(path: Path) -> Unusable:
    seconds, memory = f"{SECONDS} seconds", f"{MEMORY // 2**30} GB"
    return Unusable(f"{path}: cannot be read within {seconds} and {memory}: is the file damaged?")
